#!/usr/bin/env python3
"""Is this page well-formed and does it hold a chart that can be drawn? page.py FILE: elements open and close in order, every chart specification is
JSON with a mark, an encoding and at least one value."""
import html.parser
import json
import sys

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.faults, self.specs, self.spec, self.doctype = [], [], [], None, False

    def handle_decl(self, decl):
        self.doctype |= decl.lower() == "doctype html"

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script" and dict(attrs).get("type") == "application/json":
            self.spec = ""

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")
        if tag == "script" and self.spec is not None:
            self.specs.append(self.spec)
            self.spec = None

    def handle_data(self, data):
        if self.spec is not None:
            self.spec += data


def marks(spec):
    """Every mark of a specification, layers included, with its encoding (own or inherited)."""
    found = [(spec["mark"], spec.get("encoding"))] if "mark" in spec else []
    for part in spec.get("layer", []) + spec.get("hconcat", []) + spec.get("vconcat", []):
        found += [(m, e or spec.get("encoding")) for m, e in marks(part)]
    return found


def values(spec):
    here = len((spec.get("data") or {}).get("values", [])) + sum(len(v) for v in spec.get("datasets", {}).values())
    return here + sum(values(p) for p in spec.get("layer", []) + spec.get("hconcat", []) + spec.get("vconcat", []))


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
faults = page.faults + ([f"open at the end: {page.open}"] if page.open else []) + ([] if page.doctype else ["no doctype"])
charts = 0
for text in page.specs:
    spec = json.loads(text)
    charts += bool(marks(spec)) and values(spec) > 0
    faults += [f"a mark {m} without encoding" for m, e in marks(spec) if not e]
if not charts:
    faults.append("no chart with values")
print("\n".join(faults) or f"{charts} charts")
sys.exit(bool(faults))

"""Every element of a page is closed in order, ids are unique, #links lead to ids, nothing is loaded from elsewhere."""
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("object", "data"), ("use", "href"), ("form", "action")}
problems = []


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], set(), []

    def handle_starttag(self, tag, attrs):
        where = f"line {self.getpos()[0]}"
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                if value in self.ids:
                    problems.append(f"{where}: id {value} twice")
                self.ids.add(value)
            if name.startswith("on"):
                problems.append(f"{where}: {tag} {name}")
            if name == "style":
                problems.append(f"{where}: a style attribute, which the policy refuses")
            if name in ("href", "src", "data", "action"):
                if (tag, name) in LOADS:
                    problems.append(f"{where}: {tag} loads {value}")
                if value.startswith("#"):
                    self.links.append((where, value[1:]))
                elif not value.startswith(("http://", "https://", "data:text/csv")):
                    problems.append(f"{where}: link {value[:60]}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            problems.append(f"line {self.getpos()[0]}: </{tag}> closes nothing")


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
problems += [f"{where}: #{target} leads nowhere" for where, target in page.links if target not in page.ids]
if page.open:
    problems.append(f"left open: {page.open}")
print("\n".join(problems))
sys.exit(bool(problems))

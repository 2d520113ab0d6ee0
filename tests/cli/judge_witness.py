#!/usr/bin/env python3
"""judge_witness.py VERIFY-BUNDLE WITNESS-VECTORS: a second witness, written after the specification alone, comes to the same
verdicts; and each line that the vectors contain is a cosignature of its checkpoint."""
import base64
import importlib.machinery
import importlib.util
import json
import sys

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("bundle", sys.argv[1])
bundle = importlib.util.module_from_spec(importlib.util.spec_from_loader("bundle", loader))
loader.exec_module(bundle)

vectors = json.load(open(sys.argv[2], encoding="utf-8"))
author, witness = (bundle.vkey_parts(vectors[who]["vkey"]) for who in ("author", "witness"))
at, root = 0, b""
differ = 0


def judge(request):
    """The new (size, root), or None."""
    head, note = request.split("\n\n", 1)
    first, *lines = head.split("\n")
    old, path = int(first[4:]), [base64.b64decode(x, validate=True) for x in lines]
    text, signatures = bundle.note_parts(note.encode(), "checkpoint")
    origin, size, b64 = text.split("\n")[:3]
    size, new = int(size), base64.b64decode(b64, validate=True)
    if origin != vectors["origin"] or not any(bundle.signed_by(text, s, author[0], author[2]) for s in signatures):
        return None
    if old != at or size < at or (at == 0 and path) or (at == size and (path or new != root)):
        return None
    if at not in (0, size) and not bundle.consistent(at, root, size, new, path):
        return None
    return size, new


for step in vectors["steps"]:
    verdict = judge(step["request"])
    if verdict:
        at, root = verdict
        note, line = bundle.note_parts((step["request"].split("\n\n", 1)[1] + step["line"]).encode(), step["name"])
        good = bundle.cosigned_by(note, line[-1], witness[0], witness[2]) and int.from_bytes(line[-1][1][4:12], "big") == step["time"]
    else:
        good = step["line"] is None
    if not good or step["cosigned"] != (verdict is not None) or step["stands_at"] != at:
        differ += 1
        print(f"# different: {step['name']}")
print(f"{len(vectors['steps'])} requests judged")
sys.exit(differ != 0)

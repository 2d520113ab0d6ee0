#!/usr/bin/env python3
"""forge_bundles.py PARLEY VERIFY-BUNDLE SCRATCH BUNDLE...: alter each bundle in every way listed here; `parley channel evidence
--check` and the independent verifier must both accept the true one and refuse every other. Prints what was tried.
FORGE_ONLY: a regular expression; only alterations whose description it finds."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
parley, verifier, scratch, *bundles = sys.argv[1:]
loader = importlib.machinery.SourceFileLoader("bundle", verifier)
bundle = importlib.util.module_from_spec(importlib.util.spec_from_loader("bundle", loader))
loader.exec_module(bundle)
scratch = pathlib.Path(scratch)
failed = 0


def by_parley(folder):
    return subprocess.run([parley, "channel", "evidence", "--check", folder], capture_output=True, check=False).returncode


def by_python(folder):
    try:
        bundle.check(folder)
        return True
    except bundle.Bad:
        return False


def try_one(source, what, change, slow=True):
    """One altered copy; slow: the independent verifier, too."""
    global failed
    folder = scratch / "altered"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    change(folder)
    code = by_parley(folder)
    if code not in (5, 8, 9) or (slow and by_python(folder)):
        failed += 1
        print(f"# {source}: {what}: parley {code}" + (", the independent verifier took it" if slow and by_python(folder) else ""))


def flip(name, at):
    def change(folder):
        data = bytearray((folder / name).read_bytes())
        data[at] ^= 1 << at % 8
        (folder / name).write_bytes(data)
    return change


def rewrite(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def exchange(x, y):
    def change(folder):
        a, b = (folder / x).read_bytes(), (folder / y).read_bytes()
        (folder / x).write_bytes(b)
        (folder / y).write_bytes(a)
    return change


def claim_with(key, value):
    def change(folder):
        claim = json.loads((folder / "claim.json").read_text())
        claim[key] = value
        (folder / "claim.json").write_text(json.dumps(claim, indent=2) + "\n")
    return change


for source in bundles:
    tried = 0
    base = pathlib.Path(source)
    if by_parley(base) != 0 or not by_python(base):
        failed += 1
        print(f"# {source}: the true one is refused")
    files = sorted(p.relative_to(base).as_posix() for p in base.rglob("*") if p.is_file())
    claim = json.loads((base / "claim.json").read_text())
    changes = []
    for name in files:
        data = (base / name).read_bytes()
        fields = [0, 4, 5, 6, 7, 8, 40, 72, 76, 84, 92, 124, 132, 164, 196, 197, 198, 200, 204, 208, 240, 271, 272, 303] if name.startswith("statements/") else []
        places = fields or sorted({0, len(data) // 7, len(data) // 3, len(data) // 2, len(data) * 4 // 5, len(data) - 2, len(data) - 1})
        changes += [(f"{name} byte {at}", flip(name, at)) for at in places if 0 <= at < len(data)]
        changes += [(f"{name} cut", rewrite(name, data[:-1])), (f"{name} longer", rewrite(name, data + b"\n")), (f"{name} empty", rewrite(name, b"")),
                    (f"{name} left out", lambda folder, name=name: (folder / name).unlink()),
                    (f"{name} from nowhere", lambda folder, name=name: ((folder / name).unlink(), (folder / name).symlink_to("/etc/hostname")))]
        changes += [(f"{name} and {other} exchanged", exchange(name, other)) for other in files if name < other and (base / other).read_bytes() != data and
                    (name.split("/")[0] == other.split("/")[0])]
    for key, value in claim.items():
        if isinstance(value, int):
            changes += [(f"claim {key} {value + 1}", claim_with(key, value + 1)), (f"claim {key} {value - 1}", claim_with(key, value - 1)), (f"claim {key} text", claim_with(key, str(value)))]
        elif key != "claim":
            changes += [(f"claim {key}", claim_with(key, value[:-1] + ("0" if value[-1] != "0" else "1"))), (f"claim {key} upper case", claim_with(key, value.upper() + " "))]
    changes += [(f"claim {kind}", claim_with("claim", kind)) for kind in ("said-it", "got-it", "equivocation", "rewritten", "relay", "") if kind != claim["claim"]]
    changes += [("another file", rewrite("statements.txt", b"x")), ("claim compact", rewrite("claim.json", json.dumps(claim).encode()))]
    for other in bundles: # cards, statements and proofs of another true bundle in place of its own
        for name in files:
            if other != source and (pathlib.Path(other) / name).exists() and (pathlib.Path(other) / name).read_bytes() != (base / name).read_bytes():
                changes.append((f"{name} of {other}", rewrite(name, (pathlib.Path(other) / name).read_bytes())))
    changes = [c for c in changes if re.search(os.environ.get("FORGE_ONLY", ""), c[0])]
    flips = 0
    for what, change in changes: # every byte is tried in tests/channel/test_bundle.c; here a third of the places, by both programs
        flips += " byte " in what
        if " byte " in what and flips % 3:
            continue
        try_one(base, what, change)
        tried += 1
    print(f"{claim['claim']}: {tried} altered bundles refused by both" if not failed else f"{source}: FAILED")
sys.exit(failed != 0)

#!/usr/bin/env python3
"""Memory that runs out at every place in turn (fault.c): a clear message and exit code 6, or the whole result; never a crash, a leak
(under AddressSanitizer), half a file or half an import. FAULT_RUNS=all tries every allocation of every command; by default a sample."""
import os, shutil, subprocess, sys, tempfile

FAULT, PARLEY = os.environ["PARLEY_FAULT"], os.environ["PARLEY"]
SANITIZED = b"__asan_init" in open(FAULT, "rb").read()
RUNS = os.environ.get("FAULT_RUNS", "6" if SANITIZED else "14")
HEADER = "event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source,more\n"
top = tempfile.mkdtemp()
number = 0
now_testing = []


def report(good, name, why=""):
    global number
    number += 1
    print(("ok" if good else "not ok"), number, "-", name, flush=True)
    for line in why.splitlines()[:12]:
        print("#", line)


def run(program, words, at=None, many=1, whose="own", count=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAULT_") and k != "PARLEY_DESK"}
    env.update(HOME=top, FAULT_WHOSE=whose, FAULT_FOR=str(many))
    if at is not None:
        env["FAULT_AT"] = str(at)
    if count:
        env["FAULT_COUNT"] = count
    return subprocess.run([program, *words], env=env, cwd=top, capture_output=True, timeout=120)


def contents(folder):
    """What people see of a folder: its files with their bytes, a desk by what it exports."""
    seen = {}
    for root, _, names in os.walk(os.path.join(top, folder)):
        for name in names:
            path = os.path.join(root, name)
            if name == "desk.db":
                desk = ["--desk", root, "record"]
                sound = b'"sound": true' in run(PARLEY, desk + ["check", "--json"]).stdout
                seen[path] = (sound, run(PARLEY, desk + ["export"]).stdout, run(PARLEY, desk + ["mechanisms", "--json"]).stdout if "mechanism" in now_testing else b"")
            elif not name.startswith("desk.db-"):
                seen[path] = open(path, "rb").read()
    return seen


def fresh(begin):
    shutil.rmtree(os.path.join(top, "work"), ignore_errors=True)
    shutil.copytree(os.path.join(top, begin), os.path.join(top, "work"))


def sweep(name, begin, words, whose="own", slow=False):
    """Run `words` in a copy of folder `begin`, once whole, then with failures."""
    now_testing[:] = words
    fresh(begin)
    before = contents("work")
    count = os.path.join(top, "count")
    whole = run(FAULT, words, whose=whose, count=count)
    after = contents("work")
    total = int(open(count).read())
    if whole.returncode != 0 or total == 0:
        return report(False, name, f"undisturbed: exit code {whole.returncode}, {total} allocations\n{whole.stderr.decode()}")
    if RUNS == "all" or (total <= int(RUNS) and not slow):
        places = range(total)
    else: # the first ones, then evenly to the last one
        n = max(4, int(RUNS) // 3) if slow else int(RUNS)
        places = sorted({i for i in range(n // 2)} | {total - 1 - i * total // n for i in range(n // 2)})
    failed, bad = 0, []
    for at in places:
        for many in (1, 1 << 40) if at % 3 == 0 else (1,): # one failure, or none succeeds any more
            fresh(begin)
            got = run(FAULT, words, at, many, whose)
            said = got.stderr.decode(errors="replace")
            now = contents("work")
            failed += got.returncode == 6
            why = ""
            if got.returncode not in (0, 6):
                why = f"exit code {got.returncode}"
            elif "Sanitizer" in said or "runtime error" in said:
                why = "a sanitizer complains"
            elif got.returncode == 6 and "memory" not in said:
                why = "exit code 6 without a word about memory"
            elif got.returncode == 0 and (got.stdout != whole.stdout or now != after):
                why = "success, but the result differs"
            elif got.returncode == 6 and now not in (before, after):
                why = f"half of it is there: {sorted(set(now) ^ set(after)) or 'contents differ'}"
            if why:
                bad.append(f"allocation {at} of {total}{'' if many == 1 else ' and all after it'}: {why}\n{said}")
    report(not bad and failed > 0, f"{name}: {len(places)} of {total} places, {failed} times exit code 6", f"{len(bad)} bad\n" + "\n".join(bad) if bad else "")


os.mkdir(os.path.join(top, "nothing"))
os.mkdir(os.path.join(top, "desk"))
with open(os.path.join(top, "events.csv"), "w") as f:
    f.write(HEADER)
    for i in range(60):
        f.write(f"E{i % 50},2015-01-{1 + i % 28:02d},,day,{'CN' if i % 7 else 'FIRM:New'},US,{'cyber_op' if i % 3 else 'dialogue'},crime,{i % 10 - 5},what {i},study,{i}\n")
    f.write("bad,2015-02-30,,day,CN,US,statement,crime,1,no such day,study,\n")
with open(os.path.join(top, "more.csv"), "w") as f:
    f.write(HEADER + "".join(f"N{i},2016-01-{1 + i:02d},,day,GROUP:Bears,US,cyber_op,crime,-3,later {i},study,{i}\n" for i in range(20)))
with open(os.path.join(top, "more.jsonl"), "w") as f:
    f.write('{"event_id":"J1","date_start":"2016","actor":["CN","FIRM:Json"],"target":"US","kind":"statement","domain":"data","what":"x","colour":"red"}\n')
run(PARLEY, ["--desk", "desk", "init"])
run(PARLEY, ["--desk", "desk", "record", "import", "events.csv"])
shutil.copytree(os.path.join(top, "desk"), os.path.join(top, "edited"))
run(PARLEY, ["--desk", "edited", "record", "edit", "E1", "--intensity", "-7"])

W = ["--desk", "work"]
sweep("init", "nothing", W + ["init"])
sweep("import of CSV", "desk", W + ["record", "import", "more.csv"])
sweep("import with a file of rejects", "nothing", ["record", "import", "--check", "events.csv", "--rejects", "work/rejects.csv"])
sweep("import of JSON Lines", "desk", W + ["record", "import", "more.jsonl"])
sweep("import of JSON Lines, jansson's memory too", "desk", W + ["record", "import", "more.jsonl"], "own json")
sweep("import by a mapping", "desk", W + ["record", "import", "more.csv", "--format", "csv", "--encoding", "latin1"])
sweep("export", "desk", W + ["record", "export", "-o", "work/out.csv"])
sweep("export, SQLite's memory", "desk", W + ["record", "export", "--format", "jsonl", "-o", "work/out.jsonl"], "sqlite")
sweep("add", "desk", W + ["record", "add", "--date", "2020", "--actor", "CN", "--target", "US", "--kind", "statement", "--domain", "data", "--what", "x"])
sweep("edit", "desk", W + ["record", "edit", "E1", "--intensity", "-7"])
sweep("undo", "desk", W + ["record", "undo", "1"])
sweep("a source", "desk", W + ["record", "source", "smith", "--title", "T", "--break", "2018"])
sweep("undo of an edit", "edited", W + ["record", "undo", "2"])
sweep("a mechanism", "desk", W + ["record", "mechanism", "m", "--name", "M", "--parties", "CN;US", "--start", "2016"])
sweep("search", "desk", W + ["record", "search", "what"])
sweep("assess", "desk", W + ["assess", "CN", "US", "--json"], slow=True)
sweep("assess as text", "desk", W + ["assess", "CN", "US", "--lang", "zh"], slow=True)
sweep("brief as a page", "nothing", ["brief", "CN", "US", "-o", "work/brief.html"], slow=True)
sweep("brief as a page, jansson's memory too", "nothing", ["brief", "CN", "US", "-o", "work/brief.html"], "own json", slow=True)
sweep("brief as a page, SQLite's memory", "nothing", ["brief", "CN", "US", "-o", "work/brief.html"], "sqlite", slow=True)
sweep("brief as JSON", "nothing", ["brief", "CN", "US", "--lang", "zh", "-o", "work/brief.json"], slow=True)
shutil.rmtree(top, ignore_errors=True)
print(f"1..{number}")

#!/usr/bin/env python3
"""QCA: all prime implicants, minima and counts on the synthetic families R, P, S; fuzzy tables; beside R QCA and CCubes when they are installed.

Ours in process (bench-qca) and, for whole analyses, as a process. R QCA is run by Rscript; its seconds are those it measures itself around
minimize() or truthTable(), so that the start of R never counts, not even against our whole process. CCubes (`ccubes` on the PATH) is run with -c
(complete prime enumeration): CPU seconds of the process, times the share of them that it says its enumeration took."""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

build, parley = os.environ["BUILD"], os.environ["PARLEY"]
program = os.path.join(build, "bench", "bench-qca")
subprocess.run(["ninja", "-C", build, "bench/bench-qca"], check=True, stdout=subprocess.DEVNULL)
SEED, TIMEOUT = 20240601, 180
work = tempfile.mkdtemp()


def row(work_, ours, peer=None, theirs=None, bound="", note=""):
    print(json.dumps({"room": "accord", "work": work_, "unit": "s", "ours": ours, "peer": peer, "theirs": theirs, "bound": bound, "note": note}), flush=True)


def table(family, k, n):
    path = os.path.join(work, f"{family}_{k}_{n}.csv")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as f:
            subprocess.run([program, "generate", family, str(k), str(n), str(SEED)], stdout=f, check=True)
    return path


def measure(*arguments):
    out = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True).stdout.splitlines()
    return [float(line.split()[0]) for line in out], out[0].split(" ", 1)[1]


def process(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([parley, *map(str, arguments)], capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, json.loads(out)


def r_has_qca():
    return shutil.which("Rscript") and subprocess.run(["Rscript", "-e", "library(QCA)"], capture_output=True).returncode == 0


def r_seconds(code):
    """CPU seconds the code prints last, or None when it fails or takes too long."""
    try:
        p = subprocess.run(["Rscript", "-e", "suppressMessages(library(QCA));" + code], capture_output=True, text=True, timeout=TIMEOUT)
        return [float(x) for x in p.stdout.split()[-1].split(",")] if p.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return None


def ccubes_seconds(path, implicants):
    """CPU seconds of the complete enumeration of prime implicants, or None when it is not installed, fails, takes too long or finds other ones."""
    if not shutil.which("ccubes"):
        return None
    pla = path[:-3] + "pla"
    with open(path, encoding="utf-8") as f, open(pla, "w", encoding="utf-8") as out:
        rows = sorted({("".join(line[:-1]), line[-1]) for line in (text.strip().split(",") for text in list(f)[1:])})
        out.write(f".i {len(rows[0][0])}\n.o 1\n.type fr\n.p {len(rows)}\n" + "".join(f"{a} {b}\n" for a, b in rows) + ".e\n")
    seconds = []
    while len(seconds) < 3 and sum(seconds) < 2:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            text = subprocess.run(["ccubes", "-c", "-t1", "-dbg1", pla, pla + ".out"], capture_output=True, text=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        primes = re.search(r"phase=enumeration .*primes=(\d+)", text.stdout + text.stderr)
        share = re.search(r"pi_generation=([\d.]+) .*total=([\d.]+)", text.stdout + text.stderr)
        if not primes or not share or primes[1] != implicants.split()[0]:
            return None
        seconds.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * float(share[1]) / float(share[2]))
    return seconds


peer = "R QCA" if r_has_qca() else None

for family, k, n, bound in (("R", 10, 100, "10-30 x"), ("R", 12, 500, "10-30 x"), ("R", 15, 100, "10-30 x"), ("R", 15, 500, "10-30 x"), ("R", 18, 100, ""),
                            ("R", 20, 100, "50 x"), ("R", 22, 100, "50 x"), ("S", 20, 500, "50 x"), ("R", 25, 100, "50 x; sketch .016"), ("R", 25, 500, "sketch .89")):
    path = table(family, k, n)
    ours, result = measure("implicants", path, "OUT_Y", 5 if n * k < 10000 else 3)
    theirs = ccubes_seconds(path, result) if n < 500 or k < 25 else None
    row(f"{family}_{k}_{n}: all prime implicants", ours, "CCubes, complete" if theirs else None, theirs, bound, f"{result} implicants")
    theirs = peer and k <= 10 and r_seconds(f"d<-read.csv('{path}');t<-truthTable(d,'OUT_Y');s<-system.time(try(minimize(t,include='?',first.min=TRUE)));cat(s[1]+s[2])")
    if theirs:
        row(f"{family}_{k}_{n}: all prime implicants", ours, peer, theirs, "", "the peer finds one model besides")

for family, k, n, bound, size, count in (("R", 8, 50, "", 7, 20), ("R", 12, 50, "< 2", 7, 327051), ("R", 8, 500, "< 1", 38, 947076), ("R", 12, 100, "", 12, 14878995), ("P", 10, 100, "", 11, 16554614),
                                         ("R", 10, 500, "", 53, 274948515760), ("R", 10, 500, "< 1, proven 53", 53, None), ("R", 18, 100, "< 1, proven 10", 10, None), ("R", 20, 100, "< 1, proven 9", 9, None),
                                         ("R", 22, 100, "< 1, proven 8", 8, None), ("R", 12, 500, "< 10, proven 48", 48, None)):
    path = table(family, k, n)
    extra = [] if count else ["--first"]
    seconds, result = process("qca", "minimize", path, "--outcome", "OUT_Y", "--incl-cut", 1, "--solution", "parsimonious", "--summary", "--json", *extra)
    good = result["model_size_proven"] and result["model_size"] == size and (not count or result["model_count"] == count)
    row(f"{family}_{k}_{n}: " + (f"{count} models counted" if count else "fewest terms proven") + ", as a process", [seconds], None, None, bound,
        f"{result['model_size']} terms" + (", proven" if result["model_size_proven"] else f", bound {result['model_size_bound']}") + ("" if good else "; GOAL MISSED"))

seconds, result = process("qca", "minimize", table("R", 30, 500), "--outcome", "OUT_Y", "--incl-cut", 1, "--solution", "parsimonious", "--summary", "--json")
row("R_30_500: answered or bounded, as a process", [seconds], None, None, "< 60",
    f"{result['prime_implicant_count']} implicants, {result['model_size_bound']} to {result['model_size']} terms, "
    f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")

ours, result = measure("fuzzy", 50000, 8, 5)
theirs = peer and r_seconds("set.seed(1);d<-as.data.frame(matrix(runif(450000),ncol=9));names(d)<-LETTERS[1:9];s<-system.time(truthTable(d,'I',incl.cut=.8));cat(s[1]+s[2])")
row("fuzzy truth table, 50,000 cases, 8 conditions", ours, peer if theirs else None, theirs or None, "200 x; sketch .016", result)

classics = os.path.join(os.environ.get("PARLEY_REFERENCE") or "", "qca", "data")
for name, outcome, conditions in (("lipset_cs", "SURV", "DEV,URB,LIT,IND,STB"), ("krook_cs", "WNP", "ES,QU,WS,WM,LP"), ("hicks_cs", "CO", "LG,CG,PS,UD,WM")):
    path = os.path.join(classics, name + ".csv")
    if not os.path.exists(path):
        continue
    ours, result = measure("minimize", path, outcome, 20)
    as_process, _ = process("qca", "minimize", path, "--outcome", outcome, "--incl-cut", 1, "--solution", "parsimonious", "--json")
    columns = "c(" + ",".join(f"'{c}'" for c in conditions.split(",")) + ")"
    code = f"d<-read.csv('{path}',row.names=1);s<-system.time(for(i in 1:5)minimize(truthTable(d,'{outcome}',conditions={columns}),include='?'));cat((s[1]+s[2])/5)"
    theirs = peer and r_seconds(code)
    row(f"{name}: table and all parsimonious models, in process", ours, peer if theirs else None, theirs or None, "1,000 x", result)
    row(f"{name}: the same as a process", [as_process], peer if theirs else None, theirs or None, "20 x")
shutil.rmtree(work)
sys.exit(0)

#!/usr/bin/env python3
"""The relation model: dyad-weeks a second on one core and two, on two ranks, per path; memory; splitting; precision of a comparison.

The peer is Mesa when it can be imported (a reduced two-agent port is not shipped; see bench/README.md), so most rows stand alone."""
import json
import os
import resource
import shutil
import subprocess
import sys

build, parley = os.environ["BUILD"], os.environ["PARLEY"]
WEEKS, N = 520, 40000


def row(work, ours, unit="s", bound="", note="", theirs=None, peer=None):
    print(json.dumps({"room": "simulate", "work": work, "unit": unit, "ours": ours, "peer": peer, "theirs": theirs, "bound": bound, "note": note}), flush=True)


def cpu(*args, repeat=5):
    out = []
    for _ in range(repeat):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([parley, "simulate", *args], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        out.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return out


def result(*command, env=None):
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout)


def rate(seconds, n=N):
    return f"{n * WEEKS / min(seconds) / 1e6:.1f} million dyad-weeks/s"


# The floor: a noticed incident needs one Philox block of ten rounds (about 180 vector operations for 16 lanes) and four exponentials
# (about 15 each), an unnoticed one the block; a week two exponentials and two divisions. At .45 incidents a dyad-week and two
# vector operations a cycle that is about (180 x .45 + 15 x (2 + 4 x .28)) / 16 / 2 = 4 cycles a dyad-week.
FLOOR = "arithmetic of random numbers and exponentials: about 4 cycles a dyad-week with 16 lanes"
for path in ("best", "avx2", "portable", "reference"):
    n = N if path != "reference" else N // 8
    try:
        t = cpu("run", "baseline", "--replicates", str(n), "--threads", "1", "--path", path)
    except subprocess.CalledProcessError:
        continue
    row(f"simulate run baseline, {n} x 520 weeks, one core, {path}", t, bound=FLOOR if path == "best" else "", note=rate(t, n))

one = [result(parley, "simulate", "run", "baseline", "--replicates", "200000", "--threads", "1", "--json")["seconds"] for _ in range(3)]
two = [result(parley, "simulate", "run", "baseline", "--replicates", "200000", "--threads", "2", "--json")["seconds"] for _ in range(3)]
row("two threads, wall seconds of 200000 replicates", two, note=f"{min(one) / min(two):.2f} x one thread")

mpi = os.path.join(build, "parley-mpi")
if os.path.exists(mpi) and shutil.which("mpirun"):
    env = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    ranks = [result("mpirun", "--oversubscribe", "-n", "2", mpi, "simulate", "run", "baseline", "--replicates", "200000", "--threads", "1", "--json", env=env)["seconds"]
             for _ in range(3)]
    row("two ranks, wall seconds of 200000 replicates", ranks, note=f"efficiency {min(one) / min(ranks) / 2:.2f}")

code = ("import resource,subprocess,sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)")
memory = [float(subprocess.run([sys.executable, "-c", code, parley, "simulate", "run", "baseline", "--replicates", n], capture_output=True, text=True, check=True).stdout)
          for n in ("2000", "400000")]
row("memory of 2000 and of 400000 replicates", memory, unit="MiB", bound="64 MiB for any number")

rare = result(parley, "simulate", "rare", "h38-b", "--set", "eps=0.05", "--weeks", "104", "--batches", "100", "--per-level", "1000", "--json")
row("splitting: a probability of about 1e-5", cpu("rare", "h38-b", "--set", "eps=0.05", "--weeks", "104", "--batches", "100", "--per-level", "1000", repeat=1),
    note=f"p {rare['p_uncontrolled']['estimate']:.2e}, relative error {100 * rare['relative_error']:.0f} %, {rare['gain']:.0f} x fewer weeks than plain Monte Carlo")

t = cpu("compare", "baseline", "h02-b", "--replicates", "20000", repeat=3)
c = result(parley, "simulate", "compare", "baseline", "h02-b", "--replicates", "20000", "--json")["comparisons"][0]
row("simulate compare baseline h02-b, 20000 replicates", t, note=f"variance of the difference in crisis weeks {c['crisis_weeks']['variance_reduction']:.1f} x smaller by common random numbers")

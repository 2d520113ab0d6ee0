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


# The floor counts vector operations of Philox, log and exp alone, 16 lanes each: an incident takes one Philox block of ten rounds (136) and one log (27), a
# noticed one four exps (60); a week two sigmoids with their divisions (50); a pair's event two blocks, a log, two sigmoids, six exps (440). With .45 incidents, .31 noticed and .06 events of
# the pair a dyad-week that is .45 x 163 + .31 x 60 + 50 + .06 x 440 = 168 operations, at two a cycle 84 cycles for 16 dyad-weeks.
FLOOR_CYCLES = 5
FLOOR = "Philox, log and exp alone: about 5 cycles a dyad-week with 16 lanes; the rest is the model's other arithmetic, gathers, lists and memory"
try:
    mhz = next(float(line.split(":")[1]) for line in open("/proc/cpuinfo") if line.startswith("cpu MHz"))
except (OSError, StopIteration):
    mhz = 0
for path in ("best", "avx2", "portable", "reference"):
    n = N if path != "reference" else N // 8
    try:
        t = cpu("run", "baseline", "--replicates", str(n), "--threads", "1", "--path", path)
    except subprocess.CalledProcessError:
        continue
    each = min(t) / n / WEEKS * mhz * 1e6
    cycles = f", {each:.0f} cycles each at {mhz:.0f} MHz" if mhz else ""
    if mhz and path == "best":
        cycles += f", {each / FLOOR_CYCLES:.0f} times the bound"
    row(f"simulate run baseline, {n} x 520 weeks, one core, {path}", t, bound=FLOOR if path == "best" else "", note=rate(t, n) + cycles)

def timed(command, repeat, env=None):
    """Runs of several commands in turn, so that what else the machine does hits all alike: wall and CPU seconds of the fastest of each."""
    best = [[1e9, 1e9] for _ in command]
    for _ in range(repeat):
        for i, c in enumerate(command):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall = result(*c, env=env)["seconds"]
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best[i] = [min(best[i][0], wall), min(best[i][1], spent)]
    return best


# Two threads can be 2 x as fast only if they spend no more processor time than one; where the cores are shared with others the wall
# seconds show the others, the CPU seconds the program. Both are printed.
work = ["simulate", "run", "baseline", "--replicates", "200000", "--json", "--threads"]
one, two = timed([[parley, *work, "1"], [parley, *work, "2"]], 8)
row("one and two threads, wall seconds of 200000 replicates", [one[0], two[0]], bound="2 x",
    note=f"{one[0] / two[0]:.2f} x by the clock, {2 * one[1] / two[1]:.2f} x by CPU time ({one[1]:.2f} and {two[1]:.2f} s), fastest of 8 each, in turn")

mpi = os.path.join(build, "parley-mpi")
if os.path.exists(mpi) and shutil.which("mpirun"):
    env = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    rank = [["mpirun", "--oversubscribe", "-n", n, mpi, *work, "1"] for n in ("1", "2")]
    small = [[a if a != "200000" else "1024" for a in c] for c in rank]
    one, two, begin_one, begin_two = timed(rank + small, 5, env)
    row("one and two ranks, wall seconds of 200000 replicates", [one[0], two[0]], bound="efficiency 1",
        note=f"efficiency {one[0] / two[0] / 2:.2f} by the clock, {(one[1] - begin_one[1]) / (two[1] - begin_two[1]):.2f} by CPU time without start and end of MPI "
             f"({begin_one[1]:.2f} and {begin_two[1]:.2f} s), {one[1] / two[1]:.2f} with them")

code = ("import resource,subprocess,sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)")
memory = [float(subprocess.run([sys.executable, "-c", code, parley, "simulate", "run", "baseline", "--replicates", n], capture_output=True, text=True, check=True).stdout)
          for n in ("2000", "400000")]
row("memory of 2000 and of 400000 replicates", memory, unit="MiB", bound="64 MiB for any number")

rare_args = ["rare", "h38-b", "--set", "eps=0.05", "--weeks", "104", "--threads", "1"]
rare = [result(parley, "simulate", *rare_args, "--batches", n, "--json") for n in ("5", "100")]
row("splitting: a probability of about 1e-5 to 10 %, plain Monte Carlo speed included", cpu(*rare_args, "--batches", "5", repeat=3), bound="50 x less CPU time",
    note="; ".join(f"p {r['p_uncontrolled']['estimate']:.2e}, relative error {100 * r['relative_error']:.0f} %: {r['gain']:.0f} x fewer weeks, "
                   f"{r['gain_cpu']:.0f} x less CPU time than plain Monte Carlo" for r in rare))

t = cpu("compare", "baseline", "h02-b", "--replicates", "20000", repeat=3)
c = result(parley, "simulate", "compare", "baseline", "h02-b", "--replicates", "20000", "--json")["comparisons"][0]
row("simulate compare baseline h02-b, 20000 replicates", t, note=f"variance of the difference in crisis weeks {c['crisis_weeks']['variance_reduction']:.1f} x smaller by common random numbers")

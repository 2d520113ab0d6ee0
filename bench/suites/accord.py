#!/usr/bin/env python3
"""Agreements: the chance of an agreement by quadrature beside simulation of the definition; whole commands as a process."""
import json
import os
import resource
import subprocess

build, parley = os.environ["BUILD"], os.environ["PARLEY"]
subprocess.run(["ninja", "-C", build, "bench/bench-accord-gainloss"], check=True, stdout=subprocess.DEVNULL)
lines = [line.split() for line in subprocess.run([os.path.join(build, "bench", "bench-accord-gainloss")], check=True, text=True,
                                                 stdout=subprocess.PIPE).stdout.splitlines()]
seconds = {name: [float(v) for n, v in lines if n == name] for name in ("quadrature", "simulation", "difference")}


def row(work, ours, peer=None, theirs=None, note=""):
    print(json.dumps({"room": "accord", "work": work, "unit": "s", "ours": ours, "peer": peer, "theirs": theirs, "bound": "", "note": note}), flush=True)


def process(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([parley, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


row("chance of agreement, two parties, error 1e-4", seconds["quadrature"], "simulation of the definition", seconds["simulation"],
    f"they differ by {seconds['difference'][0]:.1e}; the simulation is ours too, written plainly")
row("case test: 16 cases, completions, exact test (process)", [process("case", "test") for _ in range(5)])
row("accord eval with interval and tipping (process)", [process("accord", "eval", "C04") for _ in range(5)])
row("accord design: 64 designs (process)", [process("accord", "design", "C04") for _ in range(5)])

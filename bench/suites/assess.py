#!/usr/bin/env python3
"""Assessment: exact change points on a million points, self-exciting fits, simulation; beside R fpop and changepoint when installed."""
import json
import os
import shutil
import subprocess

build = os.environ["BUILD"]
PROGRAMS = {"points": "bench-assess-changepoint", "fits": "bench-assess-hawkes"}
subprocess.run(["ninja", "-C", build, *("bench/" + p for p in PROGRAMS.values())], check=True, stdout=subprocess.DEVNULL)


def row(work, ours, peer=None, theirs=None, bound="", note=""):
    print(json.dumps({"room": "assess", "work": work, "unit": "s", "ours": ours, "peer": peer, "theirs": theirs, "bound": bound, "note": note}), flush=True)


def lines(program, *arguments):
    out = subprocess.run([os.path.join(build, "bench", PROGRAMS[program]), *map(str, arguments)], capture_output=True, text=True, check=True).stdout
    return [line.split() for line in out.splitlines()]


def r_seconds(package, data, code):
    """CPU seconds that R takes for the code alone, three times, or None without the package."""
    if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True).returncode:
        return None
    script = f"suppressMessages(library({package})); set.seed(1); {data}; for (i in 1:3) cat(sum(system.time({code})[1:2]), '')"
    p = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    return [float(x) for x in p.stdout.split()] if p.returncode == 0 else None


N = 1_000_000
for changes in (0, 100, 10_000):
    data = f"y <- rnorm({N}) + (floor((0:({N}-1)) / ({N} / {changes + 1})) %% 2)"
    work = f"exact change points, 1e6 Gaussian points, {changes} changes"
    ours = [float(x[0]) for x in lines("points", changes, 5)]
    rate = f"{N / min(ours) / 1e6:.1f} million points/s"
    fpop = r_seconds("fpop", data, f"fpop::Fpop(y, 2*log({N}))")
    row(work, ours, "R fpop" if fpop else None, fpop, rate)
    # without changes nothing is pruned there and the time goes with the square: hours
    pelt = r_seconds("changepoint", data, f"cpt.mean(y, penalty='Manual', pen.value=2*log({N}), method='PELT')") if changes >= 1000 else None
    if pelt:
        row(work, ours, "R changepoint PELT", pelt, rate)

for types in (2, 10, 50):
    measured = lines("fits", types, N, 3)
    fits, passes, bounds, strict, simulated = ([float(x[i]) for x in measured] for i in range(5))
    row(f"self-exciting fit, decay given, K = {types}, N = 1e6", fits, note=f"{measured[0][5]} passes, standard errors and residual test included")
    row(f"one likelihood with gradient, K = {types}, N = 1e6", passes,
        bound=f"{100 * min(bounds) / min(passes):.0f} % of the bound, {100 * min(strict) / min(passes):.0f} % of the strict one",
        note="bound: the same arithmetic and bytes with nothing to wait for; strict: products are not summed up, events not counted")
    row(f"simulation, K = {types}, N = 1e6", simulated, bound=f"{N / min(simulated) / 1e6:.1f} million events/s")

#!/usr/bin/env python3
"""The channel against its limits, measured in the same run: fdatasync of a kilobyte, bare signature verification. Both desks commit
with fsync, sign, seal and receipt. PARLEY_BENCH_STATEMENTS sets the count."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

program = os.path.join(os.environ["BUILD"], "bench", "bench-channel-exchange")
n = int(os.environ.get("PARLEY_BENCH_STATEMENTS", "2000"))
repeats = 3


def run(mode, count, *more):
    work = tempfile.mkdtemp(prefix="parley-bench-")
    try:
        out = subprocess.run([program, work, mode, str(count), *more], check=True, capture_output=True, text=True).stdout
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return [float(x) for x in out.split()]


def emit(**row):
    print(json.dumps(dict(room="channel", unit="s", **row)), flush=True)


if not pathlib.Path(program).exists():
    raise SystemExit(f"build it first: ninja -C build bench/bench-channel-exchange")
fsync = [run("fsync", 300)[1] for _ in range(repeats)]
one = [run("window", 100, "1") for _ in range(repeats)]
emit(work="one statement and its receipt, window 1 (p50, wall)", ours=[x[2] for x in one], peer="one fdatasync (limit)", theirs=fsync,
     bound="goal: at most 10 times the fsync", note="signed, sealed, committed on both sides, receipted")
emit(work="sign a statement a hundred times, one at a time", ours=[x[0] for x in one], peer=None, theirs=[], bound="")
wide = [run("window", n, "128") for _ in range(repeats)]
emit(work=f"{n} statements with receipts, window 128 (wall)", ours=[x[0] for x in wide], peer=None, theirs=[],
     bound="goal: 2.5 times mosquitto QoS 2 with one fsync a message", note=f"{sorted(x[1] for x in wide)[1]:.0f} statements/s; mosquitto is not run by this suite yet")
verify = [run("verify", n, "128") for _ in range(repeats)]
emit(work=f"verify a channel of {int(verify[0][2])} statements", ours=[x[0] for x in verify], peer="bare signature verification (limit)", theirs=[x[1] for x in verify],
     bound="goal: at least 0.8 of the bare rate", note="signatures, links, commitments, bodies opened")

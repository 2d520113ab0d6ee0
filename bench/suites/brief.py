#!/usr/bin/env python3
"""The brief and the demo on the shipped record: CPU seconds of the whole command. No peer writes such a report."""
import json
import os
import resource
import subprocess
import tempfile

parley, build = os.environ["PARLEY"], os.environ["BUILD"]
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(work, ours, bound):
    print(json.dumps({"room": "brief", "work": work, "unit": "s", "ours": ours, "peer": None, "theirs": None, "bound": bound, "note": ""}), flush=True)


with tempfile.TemporaryDirectory() as folder:
    page = os.path.join(folder, "brief.html")
    row("parley brief CN US -o brief.html, shipped record", [cpu([parley, "brief", "CN", "US", "-o", page]) for _ in range(5)], "under 1 s")
row("make demo, after the build", [cpu([os.path.join(root, "tools", "demo"), build]) for _ in range(3)], "under 5 s")

#!/usr/bin/env python3
"""Reading, checking and importing a million rows of events, against sqlite3 .import, DuckDB and pandas where they are installed."""
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import tempfile

build, parley = os.environ["BUILD"], os.environ["PARLEY"]
rows, repeats = int(os.environ.get("PARLEY_BENCH_ROWS", "1000000")), 3
program = os.path.join(build, "bench", "bench-record-rows")
work = pathlib.Path(tempfile.mkdtemp(prefix="parley-bench-"))


def emit(**row):
    print(json.dumps(dict(room="record", unit="s", **row)), flush=True)


def make_rows(path):
    rng = random.Random(1)
    actors, kinds = "US CN RU IR KP IL GB FR DE JP".split(), "cyber_op accusation statement dialogue economic_measure".split()
    domains = "espionage crime military diplomacy trade technology".split()
    with open(path, "w", encoding="utf-8") as f:
        f.write("event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source\n")
        for i in range(rows):
            a, b = rng.sample(actors, 2)
            f.write(f"G{i:07d},{2000 + i * 25 // rows:04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d},,day,{a},{b},{rng.choice(kinds)},"
                    f"{rng.choice(domains)},{rng.randint(-20, 20) / 2:g},event number {i},gen\n")


def cpu(command, **options):
    """CPU seconds of a child, and its largest memory in MiB so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(mode):
    return [float(subprocess.run([program, str(data), mode], check=True, capture_output=True, text=True).stdout.split()[0]) for _ in range(repeats)]


def import_ours():
    seconds = []
    for _ in range(repeats):
        shutil.rmtree(work / "desk", ignore_errors=True)
        cpu([parley, "--desk", str(work / "desk"), "init"])
        seconds.append(cpu([parley, "--desk", str(work / "desk"), "record", "import", str(data)]))
    return seconds


def import_sqlite(tables):
    columns = "event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source"
    script = ".mode csv\n" + "".join(f"CREATE TABLE t{i}({columns});\n.import --skip 1 {data} t{i}\n" for i in range(tables))
    seconds = []
    for _ in range(repeats):
        (work / "peer.db").unlink(missing_ok=True)
        seconds.append(cpu(["sqlite3", str(work / "peer.db")], input=script.encode()))
    return seconds


def peer_python(module, code):
    """CPU seconds of reading the file, without starting Python; None when the module is not there."""
    script = f"import time, {module}\nt = time.process_time()\n{code}\nprint(time.process_time() - t)"
    run = subprocess.run(["python3", "-c", script, str(data)], capture_output=True, text=True)
    return [float(run.stdout.split()[-1])] if run.returncode == 0 else None


try:
    subprocess.run(["ninja", "-C", build, "bench/bench-record-rows"], check=True, stdout=subprocess.DEVNULL)
    data = work / "events.csv"
    make_rows(data)
    million = rows / 1e6
    parse, check = ours("parse"), ours("check")
    bound = f"{million / min(check):.1f} million rows/s checked, {million / min(parse):.1f} read"
    duck = peer_python("duckdb", "import sys; duckdb.sql('PRAGMA threads=1'); duckdb.sql(f\"CREATE TABLE t AS SELECT * FROM read_csv('{sys.argv[1]}')\")")
    emit(work=f"read {million:g} million rows", ours=parse, peer="pandas read_csv",
         theirs=peer_python("pandas", "import sys; pandas.read_csv(sys.argv[1])"), bound=bound)
    emit(work=f"read and check {million:g} million rows", ours=check, peer="DuckDB read_csv" if duck else None, theirs=duck, bound=bound)
    have = shutil.which("sqlite3")
    emit(work=f"read and check {million:g} million rows", ours=check, peer="sqlite3 .import, one table" if have else None,
         theirs=import_sqlite(1) if have else None, bound=bound)
    emit(work=f"import {million:g} million rows into a desk", ours=import_ours(), peer="sqlite3 .import, four tables" if have else None,
         theirs=import_sqlite(4) if have else None, bound="at least 0.5 x", note="four tables and their indexes, full text, raw rows")
finally:
    shutil.rmtree(work, ignore_errors=True)

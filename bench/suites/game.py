#!/usr/bin/env python3
"""Games: all equilibria of random games and one of random trees, beside lrsnash, Gambit and QuantEcon where they are installed.

Programs are looked for on the PATH, or where a variable says: LRSNASH, GAMBIT_ENUMMIXED, GAMBIT_ENUMPOLY, GAMBIT_LCP, GAMBIT_LP. The games are made here from printed seeds; every program solves the same files in the same run as a process of its own, so that start-up,
reading and writing count for all. Numbers of equilibria are compared; a peer that finds fewer or more is told in the note."""
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile

parley = os.environ["PARLEY"]
work = pathlib.Path(tempfile.mkdtemp())
TIMEOUT = 60


def row(what, ours, peer=None, theirs=None, bound="", note="", unit="s"):
    print(json.dumps({"room": "game", "work": what, "unit": unit, "ours": ours, "peer": peer, "theirs": theirs, "bound": bound, "note": note}), flush=True)


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        p = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return None, ""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, p.stdout


def make(sizes, seed):
    rng = random.Random(seed)
    path = work / f"g{'x'.join(map(str, sizes))}_{seed}.nfg"
    n = len(sizes)
    for s in sizes:
        n *= s
    players = " ".join(f'"P{i + 1}"' for i in range(len(sizes)))
    payoffs = [rng.randint(0, 99) if len(sizes) == 2 else rng.randint(0, 999) for _ in range(n)]
    path.write_text(f'NFG 1 R "seed {seed}" {{ {players} }} {{ {" ".join(map(str, sizes))} }}\n\n' + " ".join(map(str, payoffs)) + "\n")
    if len(sizes) == 2:  # the form of lrsnash: rows, columns, both matrices row by row
        m, k = sizes
        cell = lambda r, c, i: str(payoffs[2 * (c * m + r) + i])
        text = f"{m} {k}\n\n" + "\n\n".join("\n".join(" ".join(cell(r, c, i) for c in range(k)) for r in range(m)) for i in (0, 1)) + "\n"
        path.with_suffix(".lrs").write_text(text)
    return path


def deal(hands, seed, zero_sum):
    """A tree: each of two players gets a hand it alone sees; the first bets or passes, the second then calls or folds (or bets or passes)."""
    rng = random.Random(seed)
    lines, leaves = [f'EFG 2 R "deal {hands} seed {seed}" {{ "A" "B" }}', '""'], 0
    chance = " ".join(f'"{i}" 1/{hands}' for i in range(hands))

    def leaf(a):
        nonlocal leaves
        leaves += 1
        b = -a if zero_sum else rng.randint(-9, 9)
        lines.append(f't "" {leaves} "" {{ {a} {b} }}')

    lines.append(f'c "" 1 "" {{ {chance} }} 0')
    for a in range(hands):
        lines.append(f'c "" {2 + a} "" {{ {chance} }} 0')
        for b in range(hands):
            sign = (a > b) - (a < b)
            lines.append(f'p "" 1 {2 * a + 1} "" {{ "bet" "pass" }} 0')
            lines.append(f'p "" 2 {2 * b + 1} "" {{ "call" "fold" }} 0')
            leaf(2 * sign), leaf(1)
            lines.append(f'p "" 2 {2 * b + 2} "" {{ "bet" "pass" }} 0')
            lines.append(f'p "" 1 {2 * a + 2} "" {{ "call" "fold" }} 0')
            leaf(2 * sign), leaf(-1), leaf(sign)
    path = work / f"deal{hands}_{seed}_{zero_sum}.efg"
    path.write_text("\n".join(lines) + "\n")
    return path


def ours(path, *options):
    t, out = seconds([parley, "game", "solve", str(path), "--json", *options])
    return t, json.loads(out)


def lrs_count(out):
    """Extreme equilibria of lrsnash: each line of player 1 belongs to the lines of player 2 above it."""
    count = second = 0
    for line in out.splitlines():
        word = line.split()[:1]
        if word == ["2"]:
            second += 1
        elif word == ["1"]:
            count, second = count + max(second, 1), 0
    return count


def peer(name):
    """A program by its environment variable (gambit-lcp: GAMBIT_LCP) or on the PATH."""
    return shutil.which(os.environ.get(name.upper().replace("-", "_"), name))


lrsnash, enummixed, enumpoly, lcp, lp = map(peer, ("lrsnash", "gambit-enummixed", "gambit-enumpoly", "gambit-lcp", "gambit-lp"))
try:
    import quantecon.game_theory  # noqa: F401
    quantecon = True
except ImportError:
    quantecon = False

for n in (4, 8, 10, 12, 14, 16):
    games = [make((n, n), 7000 + 100 * n + k) for k in range(5 if n < 14 else 3)]
    mine = [ours(g) for g in games]
    counts = [len(d["equilibria"]) for _, d in mine]
    note = f"{'/'.join(map(str, counts))} equilibria, complete"
    if lrsnash:
        theirs = [seconds([lrsnash, str(g.with_suffix(".lrs"))]) for g in games]
        other = [lrs_count(out) for _, out in theirs]
        note += "" if other == counts else f"; lrsnash {'/'.join(map(str, other))}"
        row(f"all equilibria, exact, random {n} x {n}", [t for t, _ in mine], "lrsnash", [t for t, _ in theirs if t is not None], note=note)
    else:
        row(f"all equilibria, exact, random {n} x {n}", [t for t, _ in mine], note=note)
    if enummixed and n <= 10:
        theirs = [seconds([enummixed, "-q", str(g)]) for g in games]
        row(f"all equilibria, exact, random {n} x {n}", [t for t, _ in mine], "gambit-enummixed", [t for t, _ in theirs if t is not None])
    if quantecon and n <= 12:
        code = ("import sys,time,quantecon.game_theory as gt,numpy as np\n"
                "for f in sys.argv[1:]:\n"
                "  w=open(f).read().split();m,k=int(w[0]),int(w[1]);v=list(map(float,w[2:]))\n"
                "  A=np.array(v[:m*k]).reshape(m,k);B=np.array(v[m*k:]).reshape(m,k)\n"
                "  t=time.process_time();e=gt.vertex_enumeration(gt.NormalFormGame((gt.Player(A),gt.Player(B.T))));print(time.process_time()-t,len(e))\n")
        p = subprocess.run([sys.executable, "-c", code, *[str(g.with_suffix(".lrs")) for g in games]], capture_output=True, text=True)
        lines = [line.split() for line in p.stdout.splitlines()]
        row(f"all equilibria, random {n} x {n} (theirs in doubles)", [t for t, _ in mine], "QuantEcon", [float(a) for a, _ in lines],
            note=f"QuantEcon finds {'/'.join(b for _, b in lines)}")

folder = work / "batch"
folder.mkdir()
for k in range(2000):
    shutil.move(make((4, 4), 90000 + k), folder)
runs = [seconds([parley, "game", "solve", "--batch", str(folder), "--json"])[0] for _ in range(3)]
theirs = None
if lrsnash:
    few = sorted(work.glob("g4x4_9*.lrs"))[:100]
    theirs = [seconds(["sh", "-c", 'p=$1; shift; for f in "$@"; do "$p" "$f"; done', "sh", lrsnash, *map(str, few)])[0] * 20]
row("2,000 random games 4 x 4 in a batch", runs, "lrsnash" if theirs else None, theirs, bound=f"reading and writing 2,000 files; {2000 / min(runs):.0f} games/s", note="one process; the peer one a game")

for sizes in ((2, 2, 2), (2, 2, 2, 2, 2), (3, 3, 3), (4, 4, 4), (3, 3, 3, 3)):
    games = [make(sizes, 8000 + k) for k in range(5)]
    mine = [ours(g) for g in games]
    found = "/".join(f"{len(d['equilibria'])}{'' if d['complete'] else '+'}" for _, d in mine)
    name = " x ".join(map(str, sizes))
    if enumpoly:
        theirs = [seconds([enumpoly, "-q", str(g)]) for g in games]
        row(f"all equilibria of {name}", [t for t, _ in mine], "gambit-enumpoly", [t for t, _ in theirs if t is not None],
            note=f"{found} found, '+' at least; the peer {'/'.join(str(out.count('NE')) for _, out in theirs)}")
    else:
        row(f"all equilibria of {name}", [t for t, _ in mine], note=f"{found} found, '+' at least")
for zero_sum, tool, name in ((True, lp, "gambit-lp"), (False, lcp, "gambit-lcp")):
    slow = ""
    for hands in (4, 10, 20, 40):
        games = [deal(hands, 100 * hands + k, zero_sum) for k in range(3)]
        mine = [ours(g, "--form", "sequence") for g in games]
        exact = all(e["regret_max"] == 0 for _, d in mine for e in d["equilibria"])
        what = f"one equilibrium of a tree with {hands} hands a side, {'zero-sum' if zero_sum else 'general'}"
        note = f"{4 * hands} sequences a side" + (", verified exactly" if exact else ", NOT exact") + slow
        done = []
        for g in games if tool and not slow else ():  # what takes too long once is not tried on larger trees
            t, out = seconds([tool, "-q", str(g)])
            if t is None or "NE" not in out:
                slow = f"; {name} does not end within {TIMEOUT} s" + (f" at {hands} hands" if done else "")
                note += slow
                break
            done.append(t)
        row(what, [t for t, _ in mine], name if done else None, done or None, note=note)
shutil.rmtree(work)

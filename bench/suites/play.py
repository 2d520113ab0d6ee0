#!/usr/bin/env python3
"""Repeated play: turns, matches, exact pairs, Moran rounds, payoff sets; beside Axelrod and QuantEcon where they are importable.

A peer does the same kind of work in the same run, less of it; its seconds are scaled to the number of turns, matches or sets of ours."""
import json
import os
import subprocess
import time

build = os.environ["BUILD"]
subprocess.run(["ninja", "-C", build, "bench/bench-play"], check=True, stdout=subprocess.DEVNULL)


def axelrod_players(axl):
    return [c() for c in (axl.TitForTat, axl.WinStayLoseShift, axl.GTFT, axl.Cooperator, axl.Defector, axl.Grudger, axl.TitFor2Tats, axl.Alternator)]


def seconds(work):
    start = time.process_time()
    units = work()
    return (time.process_time() - start) / units


def axelrod_turns(noise):
    import axelrod as axl
    players = axelrod_players(axl)

    def work():
        axl.Tournament(players, turns=200, repetitions=10, noise=noise, seed=1).play(progress_bar=False, build_results=False, processes=None)
        return len(players) * (len(players) + 1) // 2 * 10 * 200
    return [seconds(work) for _ in range(3)]


def axelrod_matches():
    return [200 * s for s in axelrod_turns(0)]


def axelrod_moran():
    import axelrod as axl

    def work():
        process = axl.MoranProcess([axl.Cooperator() for _ in range(5)] + [axl.Defector() for _ in range(5)], turns=10, seed=1)
        return max(1, len(process.play()))
    return [seconds(work) for _ in range(3)]


def quantecon_set(game, delta):
    import numpy as np
    from quantecon.game_theory import NormalFormGame, RepeatedGame
    repeated = RepeatedGame(NormalFormGame(np.array(game, dtype=float)), delta)

    def work():
        repeated.equilibrium_payoffs()
        return 1
    work()  # compiles
    return [seconds(work) for _ in range(3)]


AS = [[[16, 9], [3, 13], [0, 3]], [[21, 1], [10, 4], [-1, 0]], [[9, 0], [5, -4], [-5, -15]]]
PD = [[[3, 3], [0, 5]], [[5, 0], [1, 1]]]
FIVE = [[[18, 4], [15, 0], [7, 18], [16, 9], [2, 7]], [[14, 9], [18, 18], [8, 7], [12, 13], [5, 5]], [[11, 12], [8, 2], [0, 7], [4, 12], [9, 1]],
        [[15, 20], [16, 0], [5, 5], [4, 19], [3, 8]], [[1, 1], [9, 9], [12, 3], [7, 7], [6, 2]]]
peers = {
    "noisy turns, 512 matches at once, slips": ("Axelrod", lambda: axelrod_turns(.01)),
    "noisy turns, one match after another": ("Axelrod", lambda: axelrod_turns(.05)),
    "matches of finite-state habits, 200 turns, cycle found": ("Axelrod", axelrod_matches),
    "Moran rounds, 100 players": ("Axelrod", axelrod_moran),
    "payoff set, 2x2, d = 9/10": ("QuantEcon", lambda: quantecon_set(PD, .9)),
    "payoff set, 3x3, d = 3/10": ("QuantEcon", lambda: quantecon_set(AS, .3)),
    "payoff set, 5x5, d = 7/10": ("QuantEcon", lambda: quantecon_set(FIVE, .7)),
}
for line in subprocess.run([os.path.join(build, "bench", "bench-play")], check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines():
    row = json.loads(line)
    units = row.pop("units")
    if row["work"] in peers:
        name, run = peers[row["work"]]
        try:
            row["theirs"] = [s * units for s in run()]
            row["peer"] = name
        except ImportError:
            pass
        except Exception as error:  # a peer that fails on a game is told, not hidden
            row["note"] += f"; {name} fails: {type(error).__name__}"
    print(json.dumps(row), flush=True)

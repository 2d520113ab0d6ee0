#!/usr/bin/env python3
"""Make data/synthetic/two-rivals.csv: daily events of two made-up actors drawn from a known self-exciting model.

Discrete time, one step a day. For each ordered pair (A toward B, B toward A) the count of day t is negative binomial with mean
    m_i(t) = weekday(t) * mu_i + sum over j of branching[i][j] * s_j(t),   s_j(t) = d * s_j(t-1) + (1 - d) * n_j(t-1)
with d = 0.5 ** (1 / HALF_LIFE), so that branching[i][j] is the expected number of events of type i that one event of type j sets off. The numbers below are what an estimate has to find again. Run: tools/make-synthetic.py > data/synthetic/two-rivals.csv"""
import csv
import datetime
import math
import random
import sys

SEED, START, DAYS = 20260101, datetime.date(2010, 1, 1), 2192  # six years
MU = (0.45, 0.35)                       # background events a day, A toward B and B toward A
BRANCHING = ((0.30, 0.15), (0.25, 0.20))  # row: what is set off; column: by what. Spectral radius 0.45
HALF_LIFE = 3.0                         # days
DISPERSION = 4.0                        # of the negative binomial: variance = m + m^2 / 4
WEEKDAY = (1.1, 1.1, 1.1, 1.1, 1.1, 0.75, 0.75)
KINDS = [  # kind, domain, mean intensity, weight
    ("statement", "diplomacy", 0.5, 20), ("accusation", "espionage", -3.0, 22), ("cyber_op", "espionage", -5.5, 14),
    ("cyber_op", "critical-infrastructure", -7.0, 4), ("economic_measure", "technology", -6.0, 8), ("regulation", "regulation", -4.0, 8),
    ("dialogue", "diplomacy", 3.0, 14), ("cooperation", "crime", 5.0, 6), ("report", "research", -2.0, 4)]


def poisson(rng, mean):
    if mean <= 0:
        return 0
    limit, n, p = math.exp(-mean), 0, 1.0
    while True:
        p *= rng.random()
        if p <= limit:
            return n
        n += 1


rng = random.Random(SEED)
w = csv.writer(sys.stdout, lineterminator="\n")
w.writerow("event_id date_start date_end precision actor target kind domain intensity what source".split())
d, s, last, number = 0.5 ** (1 / HALF_LIFE), [0.0, 0.0], [0, 0], 0
for day in range(DAYS):
    date = START + datetime.timedelta(days=day)
    s = [d * s[j] + (1 - d) * last[j] for j in range(2)]
    counts = []
    for i in range(2):
        mean = WEEKDAY[date.weekday()] * MU[i] + sum(BRANCHING[i][j] * s[j] for j in range(2))
        counts.append(poisson(rng, rng.gammavariate(DISPERSION, mean / DISPERSION)))
    for i in range(2):
        for _ in range(counts[i]):
            kind, domain, mean, _ = rng.choices(KINDS, [k[3] for k in KINDS])[0]
            intensity = max(-10, min(10, round(2 * rng.gauss(mean, 1)) / 2)) + 0
            number += 1
            a, b = ("GROUP:SyntheticA", "GROUP:SyntheticB")[::1 if i == 0 else -1]
            w.writerow([f"SYN{number:05d}", date, "", "day", a, b, kind, domain, f"{intensity:g}", "", "synthetic"])
    last = counts

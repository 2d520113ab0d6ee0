#!/bin/sh
# The form of `parley claims`: 85 claims, each with a verdict and a reason.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

ok "claims in the form of the contract" "$PARLEY claims --json --study 004 >$T/4.json && python3 - $T/4.json <<'P'
import json, sys
claims = json.load(open(sys.argv[1]))['claims']
assert len(claims) == 12, len(claims)
for c in claims:
    assert set(c) >= {'id', 'study', 'statement', 'method', 'verdict', 'effect', 'low', 'high', 'sign_held_in', 'why'}, c
    assert c['verdict'] in ('supported', 'contradicted', 'undecided', 'not testable here') and c['why'] and c['study'] == '004', c
P"
exits 10 "no such study" "$PARLEY claims --study 009"
ok "and it says which there are" "$PARLEY claims --study 009 2>&1 | grep -q '000 to 004'"
exits 10 "no such claim" "$PARLEY claims --claim K99"
ok "a claim that cannot be tested says why" "$PARLEY claims --claim K11 | grep -q 'cost of cyber war'"
ok "in Chinese" "$PARLEY claims --claim K11 --lang zh | grep -q 无法检验"
finish

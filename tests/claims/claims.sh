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
ok "interrupted at once" "{ $PARLEY claims --precision high >$T/cut 2>$T/cut.err & } ; sleep 3; kill -INT \$!; begun=\$(date +%s); wait \$!; test \$? -eq 130 && test \$((\$(date +%s) - begun)) -le 20 && grep -q 'interrupted after [0-9]* of 85 claims' $T/cut.err"
exits 10 "no such claim" "$PARLEY claims --claim K99"
ok "a claim that cannot be tested says why" "$PARLEY claims --claim K11 | grep -q 'cost of cyber war'"
ok "in Chinese" "$PARLEY claims --claim K11 --lang zh | grep -q 无法检验"
ok "every claim and every hypothesis" "$PARLEY claims --budget 0 --json >$T/all.json && python3 - $T/all.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert len(d['claims']) == 85 and len(d['hypotheses']) == 38, (len(d['claims']), len(d['hypotheses']))
for i, h in enumerate(d['hypotheses']):
    assert h['id'] == 'H-%02d' % (i + 1) and h['verdict'] in ('supported', 'contradicted', 'undecided') and h['low'] <= h['effect'] <= h['high'] and h['z'] is not None and h['why'], h
hotline = d['hypotheses'][1]
assert hotline['verdict'] == 'supported' and hotline['effect'] < 0, hotline
P"
ok "hypotheses alone, as text" "$PARLEY claims --hypotheses --budget 0 | grep -q '^H-02' && ! $PARLEY claims --hypotheses --budget 0 | grep -q '^K'"
ok "a verdict that only one of two methods bears says so" "$PARLEY claims --claim K13 --budget 0 >$T/k13 && tr '\n' ' ' <$T/k13 | tr -s ' ' | grep -q 'By simulation (supported).*By game (undecided).*The verdict rests on simulation alone; by game the claim is open'"
ok "claim and measure in Chinese" "$PARLEY claims --claim K02 --budget 0 --lang zh >$T/zh && grep -q '变化：危机次数（次）' $T/zh && grep -q 冲突的直接原因是缺乏信任 $T/zh"
exits 2 "hypotheses belong to no study" "$PARLEY claims --hypotheses --study 001"
# Verdicts follow the cases: the same claim supported and contradicted on two desks.
unset PARLEY_DESK
cases() { # harm outcome n
    for i in $(seq 1 $3); do echo "- {id: $1-$2-$i, issue: crime, type: bilateral, parties: [CN, US], year: 2020, common_harm: $1, regime_threat: absent, outcome: $2}"; done
}
verdict() { $PARLEY claims --claim K75 --desk $1 --json | sed -n 's/.*"verdict": "\(.*\)".*/\1/p'; }
ok "no verdict from sixteen cases" "test \"\$($PARLEY claims --claim K75 --json | sed -n 's/.*\"verdict\": \"\(.*\)\".*/\1/p')\" = undecided"
ok "more cases that agree" "$PARLEY init --desk $T/for && cases not_severe not_reached 8 >$T/for.yaml && $PARLEY case import --desk $T/for $T/for.yaml"
ok "support the first hypothesis" "test \"\$(verdict $T/for)\" = supported"
ok "many cases that disagree" "$PARLEY init --desk $T/against && { cases not_severe reached 20; cases severe not_reached 30; } >$T/against.yaml && $PARLEY case import --desk $T/against $T/against.yaml"
ok "contradict it" "test \"\$(verdict $T/against)\" = contradicted"
ok "the count of 14 of 16 is the study's and stays" "$PARLEY claims --claim K84 --desk $T/against | grep -q '14 of 16'"
finish

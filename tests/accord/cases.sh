#!/bin/sh
# The cases and the gain-loss model from the command line: the contract, the design's numbers, bad input.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
unset PARLEY_DESK
HOME=$T; export HOME

ok "case test: the contract" "$PARLEY case test --json >$T/t.json && python3 - $T/t.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert d['n'] == 16 and d['fit'] == 14 and d['misfits'] == ['C15', 'C16'] and d['always_yes'] == 13, d
assert abs(d['fisher_p'] - 40 / 560) < 1e-9 and abs(d['brier'] - .116) < .001 and abs(d['brier_base'] - .1523) < .0001
assert len(d['completions']) == 4 and all(c['fit'] == 14 for c in d['completions'])
P"
ok "an out-of-sample case is a miss and shown as one" \
   "$PARLEY case test --with un-cybercrime-2024 | tr '\n' ' ' | grep -q 'Expected utility -6.30.*This is a miss'"
ok "and counts in no score" "$PARLEY case test --json --with $PARLEY_SOURCE/data/cases/un-cybercrime-2024.yaml | grep -q '\"n\": 16'"
ok "accord eval: the contract" "$PARLEY accord eval C04 --json >$T/e.json && python3 - $T/e.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
for p in d['parties']:
    assert abs(p['expected_utility'] + 6.4) < 1e-9 and (p['gain'], p['loss'], p['credibility'], p['cost']) == (10, 12, .3, 1)
    assert abs(p['tipping']['credibility']['threshold'] - 13 / 22) < 1e-9
a = d['p_agreement']
assert a['low'] <= a['estimate'] <= a['high'] and abs(a['estimate'] - .010) < .001
assert d['tipping']['switches'][0]['change'] == ['the regime threat is gone']
assert d['limits']['always_yes'] == 13 and d['seed'] == 1
P"
ok "the interval comes from its seed" "$PARLEY accord eval C04 --json --seed 5 >$T/a && $PARLEY accord eval C04 --json --seed 5 >$T/b && cmp $T/a $T/b && $PARLEY accord eval C04 --json --seed 6 >$T/c && ! cmp -s $T/a $T/c"
ok "verdicts name the limits" "$PARLEY accord eval C03 | tr '\n' ' ' | grep -q '13 of 16 cases'"
ok "whatif: the threat gone turns C04 to +5.5" "$PARLEY accord whatif C04 --threat absent --harm severe --json >$T/w.json && python3 - $T/w.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert d['turns'] and all(abs(p['expected_utility'] - 5.5) < 1e-9 for p in d['after']['parties']) and d['after']['p_agreement']['estimate'] > .9
P"
ok "whatif: C02 just above its threshold of 4.5" "$PARLEY accord whatif C02 --set '*.gain=4.51' --json | grep -q '\"turns\": true'"
ok "whatif: and just below" "$PARLEY accord whatif C02 --set '*.gain=4.49' --json | grep -q '\"turns\": false'"
exits 2 "whatif: no such party" "$PARLEY accord whatif C04 --set XX.gain=3"
exits 2 "whatif: credibility over 1" "$PARLEY accord whatif C04 --set US.credibility=3"
ok "whatif: a misspelt measure" "$PARLEY accord whatif C04 --measure verificaton=1 2>&1 | grep -q \"did you mean 'verification'\""
ok "design: the advice is at least as good as the present one" "$PARLEY accord design C04 --json >$T/d.json && python3 - $T/d.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert d['designs_compared'] == 64 and d['advised']['p_lasting'] >= d['present']['p_lasting'] and d['present']['measures'] == []
P"
ok "actors instead of a case: unknown conditions, four completions, the window from the record" "$PARLEY accord eval China US --json >$T/r.json && python3 - $T/r.json <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert d['predicted'] == 'open' and len(d['completions']) == 4 and len(d['window']) == 11 and {p['party'] for p in d['parties']} == {'CN', 'US'}
assert min(c['p_agreement'] for c in d['completions']) < .01 and max(c['p_agreement'] for c in d['completions']) > .9
P"
ok "the record shows the threat between the US and Russia by 2016" "$PARLEY accord eval C04 --record --json | python3 -c \"import json,sys; w=json.load(sys.stdin)['window']; assert w[0]['threat'] == 0 and w[-1]['threat'] == 1 and w[-1]['p_agreement'] < w[0]['p_agreement']\""
exits 10 "an actor nobody knows" "$PARLEY accord eval CN Atlantis"
ok "in Chinese" "$PARLEY accord eval C03 --lang zh | grep -q 达成概率"

case_with() { printf 'id: X\nissue: crime\ntype: bilateral\nparties: [CN, US]\n%b' "$1" >"$T/x.yaml"; }
case_with 'comon_harm: severe\n'
ok "a misspelt key: where, and the nearest" "$PARLEY accord eval $T/x.yaml 2>&1 | grep -q \"x.yaml:5:1.*did you mean 'common_harm'\""
exits 8 "and its exit code" "$PARLEY accord eval $T/x.yaml"
case_with 'instrument: manual\n'
exits 16 "the Tallinn Manual is out of scope" "$PARLEY accord eval $T/x.yaml"
ok "with the reason" "$PARLEY accord eval $T/x.yaml 2>&1 | grep -q 'agreed by no state'"
case_with 'measures: {verification: 1.5}\n'
exits 3 "a strength over 1" "$PARLEY accord eval $T/x.yaml"
printf 'a: [1\n' >$T/broken.yaml
exits 8 "YAML that does not parse" "$PARLEY accord eval $T/broken.yaml"
exits 10 "no such case" "$PARLEY accord eval C99"
ok "and the nearest" "$PARLEY accord eval C99 2>&1 | grep -q 'did you mean'"
exits 10 "no such file" "$PARLEY accord eval nosuch.yaml"
exits 2 "draws out of range" "$PARLEY accord eval C01 --draws 1000000000"
exits 2 "an unknown issue in a filter" "$PARLEY case list --issue crim"
ok "list filters" "test \$($PARLEY case list --outcome not_reached --json | grep -c '\"id\"') = 3"
ok "exported cases evaluate the same" "for c in C01 C04 C16; do $PARLEY case export \$c | $PARLEY accord eval - --json >$T/a && $PARLEY accord eval \$c --json >$T/b && cmp $T/a $T/b || exit 1; done"
ok "proposals name their events and fill in nothing" "$PARLEY case propose C04 | tr '\n' ' ' | grep -q 'regime.election: the record speaks for yes.*EV102.*nothing was filled in'"
ok "trace is in order of time" "$PARLEY case trace C01 --json | python3 -c \"import json,sys; d=[t['date'][:4] for t in json.load(sys.stdin)['trace']]; assert d == sorted(d) and len(d) == 20\""
ok "the codebook names the basis of each number" "$PARLEY case show codebook | grep -q 'gain_severe.*assumed'"
printf 'unit,coder,value\n1,a,0\n1,b,0\n2,a,1\n2,b,1\n3,a,0\n3,b,1\n' >$T/r.csv
ok "reliability of a table, by hand 1 - (2/6) / (18/30) = 4/9" "$PARLEY case reliability $T/r.csv --json | grep -q '\"alpha\": 0.444444'"
printf 'unit,coder,value\n1,a,yes\n' >$T/r.csv
ok "a value that is no number: line, what was expected" "$PARLEY case reliability $T/r.csv 2>&1 | grep -q 'r.csv:2: value: expected a number'"
printf 'unit,who,value\n1,a,1\n' >$T/r.csv
exits 8 "a missing column" "$PARLEY case reliability $T/r.csv"
exits 15 "nothing coded twice" "printf 'unit,coder,value\n1,a,1\n2,b,0\n' | $PARLEY case reliability -"
exits 10 "no desk to write to" "$PARLEY case add $PARLEY_SOURCE/data/cases/un-cybercrime-2024.yaml"
ok "the brief has the outlook, with its limits" "$PARLEY brief CN US | tr '\n' ' ' | grep -q 'Outlook for an agreement.*always saying yes fits 13; Fisher.*0.071; *a threat is present in 1'"
ok "and in Chinese" "$PARLEY brief CN US --lang zh | grep -q 达成协议的前景"
D=$T/desk
ok "a desk" "$PARLEY init --desk $D"
ok "add a case" "$PARLEY case add --desk $D $PARLEY_SOURCE/data/cases/un-cybercrime-2024.yaml"
exits 2 "not twice" "$PARLEY case add --desk $D $PARLEY_SOURCE/data/cases/un-cybercrime-2024.yaml"
ok "and says how" "$PARLEY case add --desk $D $PARLEY_SOURCE/data/cases/un-cybercrime-2024.yaml 2>&1 | grep -q -- --replace"
ok "it is tested with the others" "$PARLEY case test --desk $D --json | grep -q '\"n\": 17'"
ok "two coders" "$PARLEY case code C03 --desk $D --indicator H3 --value yes --coder A --evidence EV048 && $PARLEY case code C03 --desk $D --indicator harm.critical --value no --coder B --evidence none"
ok "disagreement is shown and counts as unknown" "$PARLEY case show C03 --desk $D | grep -q 'disagree on harm.critical'"
exits 3 "a coding that contradicts what the case states" "$PARLEY case code C03 --desk $D --indicator H1 --value no --coder B --evidence x"
ok "nothing of it was written" "test \$($PARLEY case show C03 --desk $D --json | grep -c '\"coder\"') = 2"
exits 2 "a coding without evidence" "$PARLEY case code C03 --desk $D --indicator H1 --value yes --coder B"
ok "export and import all" "$PARLEY case export --all --desk $D >$T/all.yaml && $PARLEY case import --replace --desk $D $T/all.yaml && $PARLEY case export --all --desk $D | cmp - $T/all.yaml"
printf -- '- {id: N1, issue: crime, type: bilateral, parties: [CN, US]}\n- {id: N2, issue: crime, type: bilatral, parties: [CN, US]}\n' >$T/two.yaml
exits 3 "one wrong case in a file" "$PARLEY case import --desk $D $T/two.yaml"
ok "and none was written" "$PARLEY case list --desk $D >$T/l && ! grep -q N1 $T/l"
finish

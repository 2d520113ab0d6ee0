#!/bin/sh
# QCA as it is typed: small tables worked by hand, the forms other programs rely on, and what happens with bad input.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

# Ten cases of two conditions: row 11 has four cases, all with Y; 10 three, two of them; 01 two, none; 00 one, with Y.
cat > "$T/crisp.csv" <<'X'
case,A,B,Y
a1,1,1,1
a2,1,1,1
a3,1,1,1
a4,1,1,1
b1,1,0,1
b2,1,0,1
b3,1,0,0
c1,0,1,0
c2,0,1,0
d1,0,0,1
X
ask() { python3 -c "import json,sys; d=json.load(sys.stdin); sys.exit(not ($1))"; }
rows="{''.join(r['configuration']): r for r in d['rows']}"
t() { $PARLEY qca table "$T/crisp.csv" --outcome Y --json "$@"; }
m() { $PARLEY qca minimize "$T/crisp.csv" --outcome Y --json "$@"; }

ok "rows, numbers and cases of a crisp table" "t | ask \"$rows['11']['OUT'] == '1' and $rows['11']['n'] == 4 and $rows['10']['OUT'] == '0' and abs($rows['10']['incl'] - 2/3) < 1e-12 and $rows['10']['row'] == 3 and $rows['01']['cases'] == ['c1', 'c2'] and len(d['rows']) == 4\""
ok "a lower cut lets 2 of 3 lead to the outcome" "t --incl-cut 0.6 | ask \"$rows['10']['OUT'] == '1'\""
ok "two cuts make a contradiction, one never does" "t --incl-cut 0.8,0.5 | ask \"$rows['10']['OUT'] == 'C'\" && t --incl-cut 0.8 | ask \"$rows['10']['OUT'] == '0'\""
ok "n.cut wins over everything" "t --n-cut 2 --incl-cut 0.8,0.5 | ask \"$rows['00']['OUT'] == '?' and $rows['11']['OUT'] == '1' and $rows['10']['OUT'] == 'C'\""
ok "an excluded row does not lead to the outcome" "t --exclude 4 | ask \"$rows['11']['OUT'] == '0'\""
ok "complex solution: two terms of two literals" "m --solution complex | ask \"d['model_count'] == 1 and d['model_size'] == 2 and [x['expression'] for x in d['models'][0]['terms']] == ['A*B', '~A*~B']\""
ok "with n.cut 2 the parsimonious solution is ambiguous or not as the data say" "m --solution parsimonious --n-cut 2 | ask \"d['models'][0]['terms'][0]['expression'] == 'A*B' and d['model_count'] == 1 and d['models'][0]['terms'][0]['covU'] is None\""
ok "fit of a term by hand: A*B covers 4 of 7" "m --solution complex | ask \"abs(d['models'][0]['terms'][0]['covS'] - 4/7) < 1e-12 and d['models'][0]['terms'][0]['inclS'] == 1 and abs(d['models'][0]['covS'] - 5/7) < 1e-12\""
ok "an expectation drops only what it speaks against" "m --n-cut 2 --incl-cut 0.6 --solution intermediate --expect '~B' | ask \"[x['expression'] for x in d['models'][0]['terms']] == ['A']\""
ok "the negated outcome" "$PARLEY qca table '$T/crisp.csv' --outcome '~Y' --json | ask \"$rows['01']['OUT'] == '1' and abs($rows['10']['incl'] - 1/3) < 1e-12\""
ok "--summary leaves the lists out" "m --solution complex --summary | ask \"'models' not in d and 'prime_implicants' not in d and d['model_count'] == 1\""
ok "necessity by hand: A holds in 6 of 7 with Y" "$PARLEY qca necessity '$T/crisp.csv' --outcome Y --json | ask \"abs([x for x in d['single'] if x['expression'] == 'A'][0]['inclN'] - 6/7) < 1e-12\""
ok "fit reads both kinds of brackets and nested negation" "$PARLEY qca fit '$T/crisp.csv' --expression '~(~A + ~B) => Y' --json | ask \"d['inclS'] == 1 and d['terms'][0]['expression'] == 'A*B'\" && $PARLEY qca fit examples/forums.csv --expression 'STAGE{2}*SECRETARIAT{1} => OUTPUT' --json | ask \"d['terms'][0]['expression'] == 'STAGE[2]*SECRETARIAT[1]'\""
ok "the same answer on one thread and on four" "[ \"\$(m --threads 1)\" = \"\$(m --threads 4)\" ]"

# Ambiguity: two minimal models, both listed, in order.
printf 'P,Q,R,Y\n0,0,1,1\n0,1,0,1\n0,1,1,1\n1,0,0,1\n1,0,1,1\n1,1,0,1\n1,1,1,0\n0,0,0,0\n' > "$T/ring.csv"
ok "all minimal models of a ring, sorted" "$PARLEY qca minimize '$T/ring.csv' --outcome Y --solution complex --json | ask \"d['model_count'] == 2 and d['prime_implicant_count'] == 6 and d['essential'] == [] and [m['expression'] for m in d['models']] == sorted(m['expression'] for m in d['models'])\""
ok "the count does not depend on the listing" "$PARLEY qca minimize '$T/ring.csv' --outcome Y --solution complex --max-models 1 --json | ask \"d['model_count'] == 2 and len(d['models']) == 1\""
# Six implicants in a ring, each covering two of six rows: two models of three terms, three of four.
ok "irredundant models are counted by hand: two of three terms, three of four" "$PARLEY qca minimize '$T/ring.csv' --outcome Y --solution complex --all-irredundant --json | ask \"d['covers'] == 'irredundant' and d['model_count'] == 5 and d['model_count_exact'] and [len(m['terms']) for m in d['models']] == [3, 3, 4, 4, 4]\""
exits 2 "irredundant models of an intermediate solution are refused" "$PARLEY qca minimize '$T/ring.csv' --outcome Y --expect P --all-irredundant"

# P covers one row, Q that one and another, R the rest: P + R and Q + R are both models, and dominance deletes the first.
printf 'case,P,Q,R,Y\na,0,0,1,1\nb,0,1,1,1\nc,1,1,0,1\nd,0,0,0,0\n' > "$T/dominated.csv"
d() { $PARLEY qca minimize "$T/dominated.csv" --outcome Y --solution parsimonious --json "$@"; }
ok "row dominance deletes a valid model and counts what it dropped" "d | ask \"[m['expression'] for m in d['models']] == ['P + R', 'Q + R']\" && d --row-dominance 2>/dev/null | ask \"[m['expression'] for m in d['models']] == ['Q + R'] and d['dominated'] == 1 and d['prime_implicants'] == ['Q', 'R'] and d['model_count'] == 1\""
ok "... and warns" "d --row-dominance 2>&1 >/dev/null | grep -q 'deletes valid models'"

# Rows 1..4 of two conditions: only 4 (A*B) leads to the outcome and only 1 does not; A and B may each stand for it, so 2 and 3 are assumed for both.
printf 'case,A,B,Y\nx,1,1,1\ny,0,0,0\n' > "$T/open.csv"
e() { $PARLEY qca minimize "$T/open.csv" --outcome Y --solution parsimonious --json "$@"; }
ok "without more, two models assume rows 2 and 3" "e | ask \"[m['expression'] for m in d['models']] == ['A', 'B'] and [m['simplifying_assumptions'] for m in d['models']] == [[3], [2]]\""
ok "the enhanced analysis excludes what the negation assumes too" "e --enhanced | ask \"d['enhanced']['excluded'] == [2, 3] and d['enhanced']['contradictory_assumptions'] == [2, 3] and [m['expression'] for m in d['models']] == ['A*B']\""
ok "a row declared impossible is excluded and listed" "e --enhanced --impossible 'A*~B' | ask \"d['enhanced']['impossible_rows'] == [3]\""
exits 2 "impossible rows are for the enhanced analysis" "e --impossible A"

# Expressions alone
a() { $PARLEY qca algebra "$@"; }
ok "De Morgan by hand" "[ \"\$(a 'A*~B + C' --negate)\" = '~A*~C + B*~C' ]"
ok "a negated multi-value expression allows every other value" "[ \"\$(a 'A[1]' --negate --names A=3)\" = 'A[0] + A[2]' ]"
ok "what is never and what is always true" "[ \"\$(a 'A*~A')\" = '(never true)' ] && [ \"\$(a 'A + ~A')\" = 1 ]"
ok "common parts are taken out, inside parentheses too" "[ \"\$(a 'A*B*C + A*B*D + A*E*F + A*E*G' --factorise)\" = 'A*(B*(C + D) + E*(F + G))' ]"
ok "a part that absorbs the others stands alone" "[ \"\$(a 'A + A*B + C' --factorise)\" = 'A + C' ]"
exits 2 "one operation at a time" "a A --negate --expand"
exits 2 "a name with one value" "a A --names A=1"
exits 10 "a name that --names does not list" "a 'A + B' --names A"
exits 8 "an expression cut short" "a 'A*('"

# A and B are the same in every case: each explains the other, unless the order forbids it.
printf 'case,A,B\nx,1,1\ny,0,0\n' > "$T/same.csv"
c() { $PARLEY qca cna "$T/same.csv" --json "$@"; }
ok "without an order each factor explains the other" "c | ask \"sorted(x['outcome'] for x in d['asf']) == ['A', 'B']\""
ok "what comes later causes nothing earlier" "c --ordering 'A < B' | ask \"[(x['condition'], x['outcome']) for x in d['asf']] == [('A', 'B')]\" && c --ordering A | ask \"[x['outcome'] for x in d['asf']] == ['A']\""
ok "within a level only a strict order forbids causes" "c --ordering 'A,B' | ask \"len(d['asf']) == 2\" && c --ordering 'A,B' --strict | ask \"d['asf'] == []\""
exits 2 "a factor twice in the order" "c --ordering 'A < A'"
exits 2 "an order with nothing after <" "c --ordering 'A <'"

# Bad input
exits 10 "a condition that is not there gets a suggestion" "$PARLEY qca table examples/pledges.csv --outcome KEPT --conditions AUDIENC"
ok "... and names it" "$PARLEY qca table examples/pledges.csv --outcome KEPT --conditions AUDIENC 2>&1 | grep -q \"did you mean 'AUDIENCE'\""
printf 'case,A,Y\nx,1,1.5\ny,0,0.3\n' > "$T/outside.csv"
ok "an outcome outside [0,1] is refused with its line" "$PARLEY qca table '$T/outside.csv' --outcome Y 2>&1 | grep -q '1.5 (line 2)'"
exits 3 "... with the status of data" "$PARLEY qca table '$T/outside.csv' --outcome Y"
printf 'case,A,B,Y\nx,2,1,1\ny,1.5,0,0\nz,0,1,0\n' > "$T/mixed.csv"
ok "a column between fuzzy and multi-value is left out with a warning that names both lines" "$PARLEY qca table '$T/mixed.csv' --outcome Y 2>&1 >/dev/null | grep -q 'column A is no condition: 2 (line 2) is above 1 and 1.5 (line 3)'"
exits 3 "... and refused when asked for" "$PARLEY qca table '$T/mixed.csv' --outcome Y --conditions A,B"
printf 'case,A,B,Y\nx,2,0.2,1\ny,1,0.1,0\nz,0,0.9,0\n' > "$T/multi.csv"
ok "a multi-value condition taken for fuzzy is refused, with what to write" "$PARLEY qca fit '$T/multi.csv' --expression 'A*~B => Y' 2>&1 | grep -q 'A has values 0 to 2; say which, for example A\[2\]'"
ok "anchors out of order are refused" "$PARLEY qca calibrate examples/raw.csv --column INCIDENTS --anchors 3,9,5 2>&1 | grep -q 'anchors 3, 9, 5 are out of order'"
exits 2 "--tests that do not parse show what was expected" "$PARLEY qca robust examples/hotlines.csv --outcome USED --pri-cut 0.5 --tests 'incl=0.7'"
ok "robustness parameters are 1 against the same choice" "$PARLEY qca robust examples/hotlines.csv --outcome USED --pri-cut 0.5 --tests 'pri-cut=0.5' --json | ask \"all(abs(f[k] - 1) < 1e-12 for f in d['fit_parameters'] for k in ('RF_cov', 'RF_cons', 'RF_SC_minTS', 'RF_SC_maxTS'))\""
ok "sufficient conjunctions by hand: no listed one contains another" "$PARLEY qca sufficiency '$T/crisp.csv' --outcome Y --json | ask \"d['complete'] and not any(set(a['expression'].split('*')) < set(b['expression'].split('*')) for a in d['sufficient'] for b in d['sufficient'])\""
printf 'case,A,B,Y\nx,0.5,1,1\ny,0.9,0,0\n' > "$T/half.csv"
ok "exactly 0.5 is warned about, naming the case" "$PARLEY qca table '$T/half.csv' --outcome Y 2>&1 >/dev/null | grep -q '0.5.*: x'"
ok "a multi-value outcome needs its value" "$PARLEY qca table examples/forums.csv --outcome STAGE 2>&1 | grep -q 'STAGE\[2\]'"
ok "an expression that does not parse shows where" "$PARLEY qca fit '$T/crisp.csv' --expression 'A*(B + => Y' 2>&1 | grep -q 'position 8'"
exits 8 "... with the status of parsing" "$PARLEY qca fit '$T/crisp.csv' --expression 'A*(B + => Y'"
exits 3 "an expression that contradicts itself" "$PARLEY qca fit '$T/crisp.csv' --expression 'A*~A => Y'"
ok "a calibration that puts a case at exactly 0.5 names it" "$PARLEY qca calibrate examples/raw.csv --column TRADE --anchors 10,53.1,80 2>&1 >/dev/null | grep -q '0.5.*: R01'"
ok "--json -o FILE.json writes the result, not the document" "$PARLEY qca minimize examples/pledges.csv --outcome KEPT --solution parsimonious --json -o '$T/result.json' && ask \"d['model_count'] == len(d['models'])\" <'$T/result.json'"
ok "... and another extension writes the document" "$PARLEY qca minimize examples/pledges.csv --outcome KEPT --json -o '$T/result.md' && grep -q 'Complex solution for KEPT' '$T/result.md'"
# by hand: ON AB, OFF ab. Complex A*B; parsimonious A and B; with A expected, A*~B is easy: the row 3 (10); the row 2 (01) is difficult for the model B
printf 'case,A,B,Y\nx,1,1,1\ny,0,0,0\n' > "$T/two.csv"
ok "easy and difficult counterfactuals by hand" "$PARLEY qca minimize '$T/two.csv' --outcome Y --solution intermediate --expect A,~B --json | ask \"{p['parsimonious']: (p['easy_counterfactuals'], p['difficult_counterfactuals']) for p in d['pairs']} == {'A': ([3], []), 'B': ([], [2])}\""
ok "layers that share their data offer it once" "$PARLEY qca plot examples/hotlines.csv --outcome USED --kind xy -o '$T/xy.html' && [ \$(grep -o 'download=\"[^\"]*\"' '$T/xy.html' | sort | uniq -d | wc -l) = 0 ]"
exits 2 "anchors out of order" "$PARLEY qca calibrate examples/raw.csv --column TRADE --anchors 10,80,35"
exits 3 "no row leads to the outcome" "$PARLEY qca minimize '$T/crisp.csv' --outcome Y --n-cut 9"
exits 8 "a row with too few cells" "printf 'case,A,Y\nx,1\n' > '$T/short.csv'; $PARLEY qca table '$T/short.csv' --outcome Y"
exits 2 "the outcome among the conditions" "$PARLEY qca table '$T/crisp.csv' --outcome Y --conditions A,Y"
exits 2 "a row that does not exist cannot be excluded" "$PARLEY qca table '$T/crisp.csv' --outcome Y --exclude 5"

# Every example of the help works as typed
for c in table minimize fit necessity calibrate theory robust cna plot algebra; do
    ok "examples of qca $c" "$PARLEY help qca $c | sed -n 's/^    parley /\$PARLEY /p' > '$T/examples' && [ -s '$T/examples' ] && . '$T/examples'"
done
finish

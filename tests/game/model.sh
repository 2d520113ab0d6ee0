#!/bin/sh
# Games in, named, shown and out again; bad input is named by line and column.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

name() { $PARLEY game name "$1" --json; }
ok "prisoner's dilemma" "name '3,0;5,1' | grep -q '\"name\": \"prisoner.s dilemma\"' && name '3,0;5,1' | grep -q '\"robinson_goforth\": \"111\"'"
ok "chicken is 122" "name '3,2;4,1' | grep -q '\"robinson_goforth\": \"122\"'"
ok "stag hunt is 322" "name '4,1;3,2' | grep -q '\"robinson_goforth\": \"322\"'"
ok "the order of the strategies does not matter" "name '1,5;0,3' | grep -q '\"robinson_goforth\": \"111\"'"
ok "a cyclic game" "name '3 -4,-1 1;-6 3,0 0' | grep -q cyclic"
ok "ties are told" "name '1,0;1,0' | grep -q '\"strict\": false'"
ok "Chinese" "$PARLEY game name '3,0;5,1' --lang zh | grep -q 恐惧"
ok "built-in games are listed" "$PARLEY game show | grep -q stag-hunt"
ok "a tree" "$PARLEY game show attribution | grep -q alarm"
ok "Bayesian games become trees" "$PARLEY game show security-dilemma-types --json | grep -q '\"perfect_recall\": true'"
for form in nfg yaml; do
    ok "round trip through $form" "$PARLEY game convert three-modes -o $T/a.$form && $PARLEY game convert $T/a.$form --to nfg >$T/b && $PARLEY game convert three-modes | diff - $T/b"
done
ok "round trip through efg" "$PARLEY game convert attribution --to efg -o $T/a.efg && $PARLEY game convert $T/a.efg --to efg | diff - $T/a.efg"

bad() { printf "$2" >$T/bad; exits 8 "$1" "$PARLEY game show $T/bad 2>$T/err"; ok "... and says where" "grep -q '$3' $T/err"; }
bad "cut short" 'NFG 1 R "x" { "A" "B" } { 2 2 }\n\n1 2 3 4 5 6 7' 'bad:3:14: expected 8 payoffs'
bad "too many" 'NFG 1 R "x" { "A" "B" } { 2 2 }\n\n1 2 3 4 5 6 7 8 9' 'too many payoffs'
bad "not a number" 'NFG 1 R "x" { "A" "B" } { 2 2 }\n\n1 2 3 four 5 6 7 8' 'bad:3:7: expected a payoff.*four'
bad "division by zero" 'NFG 1 R "x" { "A" "B" } { 2 2 }\n\n1 2 3 1/0 5 6 7 8' 'division by zero'
bad "no strategy" 'NFG 1 R "x" { "A" "B" } { { } { "a" } }\n\n1' 'no strategy'
bad "a tree cut short" 'EFG 2 R "x" { "A" }\n""\np "" 1 1 "" { "a" "b" } 0\nt "" 1 "" { 1 }' 'bad:4:.*expected a node.*cut short'
bad "an empty file" '' 'empty file'
printf 'EFG 2 R "x" { "A" }\n""\nc "" 1 "" { "a" 1/2 "b" 1/3 } 0\nt "" 1 "" { 1 }\nt "" 1\n' >$T/bad
exits 3 "probabilities that do not sum to 1" "$PARLEY game show $T/bad 2>$T/err"
printf 'NFG 1 R "x" { "A" "B" "C" } { 300 300 300 }\n\n1' >$T/bad
exits 9 "10^7 profiles" "$PARLEY game show $T/bad 2>$T/err"
ok "... with the memory" "grep -q GB $T/err"
exits 10 "no such game" "$PARLEY game show stag-hunnt 2>$T/err"
ok "... suggests" "grep -q stag-hunt $T/err"
exits 2 "not 2x2" "$PARLEY game name three-modes 2>$T/err"
exits 8 "ragged matrix" "$PARLEY game show '1,2;3' 2>$T/err"
ok "solve says all and verifies" "$PARLEY game solve stag-hunt --json | grep -q '\"complete\": true' && $PARLEY game solve stag-hunt | grep -q 'verified in exact'"
exits 3 "imperfect recall is refused" "printf 'EFG 2 R \"x\" { \"A\" }\n\"\"\np \"\" 1 1 \"\" { \"a\" \"b\" } 0\np \"\" 1 1 \"\" { \"a\" \"b\" } 0\nt \"\" 1 \"\" { 1 }\nt \"\" 1\nt \"\" 1\n' >$T/recall.efg; $PARLEY game solve $T/recall.efg 2>$T/err"
ok "... naming the information set" "grep -q 'information set 1' $T/err"
ok "... and saying what is possible" "grep -q 'form strategic' $T/err && $PARLEY game solve $T/recall.efg --form strategic | tr -s '\n ' ' ' | grep -q 'drawn beforehand'"
mkdir $T/many && for g in chicken stag-hunt attribution; do $PARLEY game convert $g -o $T/many/$g.nfg; done
ok "a folder of games" "$PARLEY game solve --batch $T/many --json | grep -c '\"complete\":true' | grep -q 3"
exits 8 "one bad file of a folder is told, the others are solved" "echo NFG >$T/many/zz.nfg; $PARLEY game solve --batch $T/many --json >$T/out 2>$T/err"
ok "... three lines and an error" "test \$(wc -l <$T/out) = 4 && grep -q zz.nfg $T/err"
exits 2 "no game named" "$PARLEY game solve"
finish

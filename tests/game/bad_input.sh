#!/bin/sh
# Files of games that are wrong: each is refused with the place, what was expected and what was found; solving never crashes or guesses.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

# bad CODE NAME CONTENT PATTERN: both show and solve refuse it with this code, and say this
bad() {
    printf "$3" >"$T/bad"
    exits "$1" "$2" "$PARLEY game solve '$T/bad' --json >'$T/out' 2>'$T/err'"
    ok "... says where and what" "grep -q '$4' '$T/err' && [ ! -s '$T/out' ] && [ \$(wc -l <'$T/err') -eq 1 ]"
}
N='NFG 1 R "x" { "A" "B" } { 2 2 }\n\n'
bad 8 "cut short" "${N}1 2 3 4 5 6 7" 'bad:3:14: expected 8 payoffs .*found 7'
bad 8 "too many payoffs" "${N}1 2 3 4 5 6 7 8 9" 'bad:3:17: expected the end.*too many'
bad 8 "a word for a payoff" "${N}1 2 3 four 5 6 7 8" 'bad:3:7: expected a payoff.*found .four.'
bad 8 "nan" "${N}1 2 nan 4 5 6 7 8" 'bad:3:5: expected a payoff.*found .nan.'
bad 8 "inf" "${N}1 2 inf 4 5 6 7 8" 'bad:3:5: expected a payoff.*found .inf.'
bad 8 "1/0" "${N}1 2 1/0 4 5 6 7 8" 'bad:3:5: .*division by zero.*found .1/0.'
bad 8 "an exponent without end" "${N}1 2 1e99999 4 5 6 7 8" 'bad:3:5: .*exponent of more than four digits'
bad 8 "0 strategies" 'NFG 1 R "x" { "A" "B" } { 0 2 }\n\n' 'bad:1:27: expected a number of strategies from 1'
bad 8 "strategies below zero" 'NFG 1 R "x" { "A" "B" } { -2 2 }\n\n' 'bad:1:27: expected a number of strategies from 1'
bad 8 "no players" 'NFG 1 R "x" { } { }\n\n' 'bad:1:.*expected at least one player'
bad 8 "another version" 'NFG 3 R "x" { "A" "B" } { 2 2 }\n\n1 2 3 4 5 6 7 8' 'bad:1:5: expected version 1.*found .3.'
bad 8 "an outcome that is not there" 'NFG 1 R "x" { "A" "B" } { { "a" "b" } { "c" } }\n{\n{ "o" 1 2 }\n}\n1 7' 'bad:5:3: expected the number of an outcome from 0 to 1, found 7'
bad 8 "an outcome with a payoff too few" 'NFG 1 R "x" { "A" "B" } { { "a" "b" } { "c" } }\n{\n{ "o" 1 }\n}\n1 1' 'bad:3:9: expected a payoff of this outcome'
bad 9 "10^7 profiles" 'NFG 1 R "x" { "A" "B" } { 5000 2000 }\n\n1' 'bad:1: 10000000 strategy profiles .*would take about 1.28 GB'
bad 9 "more, of three" 'NFG 1 R "x" { "A" "B" "C" } { 300 300 300 }\n\n1' 'would take about .* GB'
E='EFG 2 R "x" { "A" "B" }\n""\n'
bad 8 "a tree cut short" "${E}p \"\" 1 1 \"\" { \"a\" \"b\" } 0\nt \"\" 1 \"\" { 1 2 }\n" 'bad:5:1: expected a node.*cut short'
bad 8 "nodes after the tree" "${E}p \"\" 1 1 \"\" { \"a\" } 0\nt \"\" 1 \"\" { 1 2 }\nt \"\" 1\n" 'bad:5:1: expected the end of the file'
bad 8 "a payoff too few" "${E}p \"\" 1 1 \"\" { \"a\" } 0\nt \"\" 1 \"\" { 1 }\n" 'bad:4:.*expected a payoff (one for each player)'
bad 8 "a payoff too many" "${E}p \"\" 1 1 \"\" { \"a\" } 0\nt \"\" 1 \"\" { 1 2 3 }\n" 'bad:4:.*found .3.'
bad 8 "a player who is not there" "${E}p \"\" 3 1 \"\" { \"a\" } 0\n" 'bad:3:6: expected the number of the player from 1 to 2, found 3'
bad 8 "no action" "${E}p \"\" 1 1 \"\" { } 0\n" 'bad:3:.*expected at least one action'
bad 8 "an information set with other actions" "${E}p \"\" 1 1 \"\" { \"a\" } 0\np \"\" 2 1 \"\" { \"a\" \"b\" } 0\nt \"\" 1 \"\" { 1 2 }\np \"\" 2 1 \"\" { \"a\" \"b\" \"c\" } 0\n" 'bad:6:.*had 2 actions before and has 3 here'
bad 3 "a probability below 0" "${E}c \"\" 1 \"\" { \"a\" 3/2 \"b\" -1/2 } 0\nt \"\" 1 \"\" { 1 2 }\nt \"\" 1\n" 'bad:3:.*probability of action 2 .*negative; expected 0 to 1'
bad 3 "probabilities that sum to 5/6" "${E}c \"\" 1 \"\" { \"a\" 1/2 \"b\" 1/3 } 0\nt \"\" 1 \"\" { 1 2 }\nt \"\" 1\n" 'bad:3:.*sum to 0.833333; expected 1'
bad 3 "imperfect recall" "${E}p \"\" 1 1 \"\" { \"a\" \"b\" } 0\np \"\" 1 1 \"\" { \"a\" \"b\" } 0\nt \"\" 1 \"\" { 1 2 }\nt \"\" 1\nt \"\" 1\n" 'bad:4: imperfect recall at information set 1: expected .*--form strategic'
bad 8 "nothing" '' 'empty file'
Y='players: [A, B]\n'
bad 8 "YAML: a player without strategies" "${Y}strategies: [[a, b], []]\npayoffs: [[[1, 2]], [[3, 4]]]\n" 'bad:2:.*player 2 has no strategy; expected at least one'
bad 3 "YAML: probabilities that sum to 5/6, by the line of the YAML" "${Y}tree:\n  player: A\n  moves:\n    l:\n      chance: {u: 1/2, d: 1/3}\n      moves: {u: [1, 2], d: [3, 4]}\n    r: [0, 0]\n" 'bad:5: .*sum to 0.833333; expected 1'
bad 3 "YAML: imperfect recall, by the line of the YAML" "${Y}tree:\n  player: A\n  knows: same\n  moves:\n    l: [1, 2]\n    r:\n      player: A\n      knows: same\n      moves: {l: [1, 2], r: [0, 0]}\n" 'bad:7: imperfect recall'

# every prefix of a good file is refused, or is a game
$PARLEY game convert attribution --to efg >"$T/good.efg"
$PARLEY game convert three-modes --to nfg >"$T/good.nfg"
cut_everywhere() {
    for n in $(seq 1 23 "$(wc -c <"$1")"); do
        head -c "$n" "$1" >"$T/cut"
        $PARLEY game solve "$T/cut" --json >/dev/null 2>"$T/err"
        code=$?
        [ $code = 0 ] || [ $code = 8 ] || { echo "cut after $n bytes: exit $code"; return 1; }
    done
}
ok "a tree cut anywhere" "cut_everywhere $T/good.efg"
ok "a table cut anywhere" "cut_everywhere $T/good.nfg"

exits 2 "a discount factor of 1" "$PARLEY game payoffset chicken --discount 1"
exits 2 "a discount factor of 1 in repeated play" "$PARLEY game repeat --row TFT --discount 1"
exits 2 "a probability above 1" "$PARLEY game repeat --row TFT --slip 1.5"
exits 2 "a probability below 0" "$PARLEY game tournament --miss -0.1"
exits 2 "a habit with a chance of 2" "$PARLEY game repeat --row 'GTFT(2)' 2>'$T/err'"
ok "... by the name that was typed" "grep -q 'GTFT(2).*expected 0 to 1' '$T/err'"
exits 8 "a habit without its last bracket" "$PARLEY game repeat --row 'm1(1,0,1,0;1' 2>'$T/err'"
ok "... says so" "grep -q \"expected ')'\" '$T/err'"
exits 8 "a machine with a state that is not there" "$PARLEY game repeat --row 'fsm(1,C; 1C>2C 1D>1D)'"
printf '# two machines\nA\t1\tC\t1C>1C 1D>1D\nB\t1\tC\t1C>1C 1D>3D\n' >"$T/machines.tsv"
exits 8 "a machine of a file with a state that is not there" "$PARLEY game tournament --strategies '$T/machines.tsv' >'$T/out' 2>'$T/err'"
ok "... file, line, what was expected, what was found" "grep -q 'machines.tsv:3: state 3, which row 1D>3D leads to, has no row for C; expected a row for C and a row for D' '$T/err' && [ ! -s '$T/out' ]"
exits 2 "a limit of no bases" "$PARLEY game solve chicken --max 0"
finish

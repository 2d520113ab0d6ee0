#!/bin/sh
# Every command of games that draws something writes a page that is well-formed and a chart that can be drawn.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

page() { # name, command
    ok "$1: a page with its chart" "$PARLEY game $2 -o '$T/page.html' && python3 '$PARLEY_SOURCE/tests/game/page.py' '$T/page.html'"
    ok "$1: in Chinese" "$PARLEY game $2 --lang zh -o '$T/zh.html' && python3 '$PARLEY_SOURCE/tests/game/page.py' '$T/zh.html' && grep -q 'lang=\"zh' '$T/zh.html'"
}
page attribution "attribution"
page "attribution: to blame" "attribution --blame --informed 0.9"
page signal "signal"
page "signal: threats" "signal --threat"
page "name" "name chicken"
page "repeat: patience and errors" "repeat --row GRIM --col TFT"
page "repeat: private errors" "repeat --row WSLS --false 0.05"
page payoffset "payoffset prisoners-dilemma --discount 3/5"
page repeat "repeat --row TFT --col WSLS --slip 0.01 --sweep slip"
page evolve "evolve --population 20"
page "evolve by replicator" "evolve --process replicator --time 10"
page tournament "tournament --turns 20 --repetitions 1 --seed 1"
page solve "solve stag-hunt"
page "solve on the tree" "solve deterrence --subgame-perfect"
ok "the same page from the same seed" "$PARLEY game tournament --turns 20 --repetitions 2 --slip 0.05 --seed 7 -o $T/a.html && $PARLEY game tournament --turns 20 --repetitions 2 --slip 0.05 --seed 7 -o $T/b.html && cmp $T/a.html $T/b.html"
# what the charts show is said in words with numbers, too
said() { # name, command, pattern
    ok "$1" "$PARLEY game $2 | tr -s '\n ' ' ' | grep -Eq '$3'"
}
said "patience in words" "repeat --row GRIM" "chart] Leaving the habit pays at most 2 a turn more.*from 0.5 on it pays nothing"
said "errors in words" "repeat --row TFT --slip 0.01" "With 5 % of slips the two cooperate on 50 % of their turns"
said "a threat in words" "signal --threat" "backing down costs 1.25 the target concedes with a chance of 24 %.*20, with 83 % and 5.0 %"
said "blame in words" "attribution --blame" "An attacker whom blame would hurt does not attack. One whom it would not hurt attacks."
said "... and from which knowledge on" "attribution --blame" "knows with a chance of 0.4[0-9]* or more"
said "attribution: what deters less, in words" "attribution" "More attribution that deters less: half of the untraced attacks are traced, to another"
said "what a mediator is worth" "correlated chicken" "at most 9.333 in an equilibrium: the third party is worth 1.167"
said "what being believed is worth" "commit inspection --leader 1" "without a commitment verifier gets -0.6: to be believed is worth 0.1714"
ok "equilibria that differ only in what never comes are told once" "[ \$($PARLEY game attribution --blame --vulnerable 1 --json | grep -c payoffs) = 1 ]"
exits 10 "a folder that is not there" "$PARLEY game signal -o $T/none/page.html"
ok "... and nothing is left" "[ ! -e $T/none ]"
exits 2 "a format that is none" "$PARLEY game evolve -o $T/page.xyz"
finish

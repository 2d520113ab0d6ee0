#!/bin/sh
# Every command of games that draws something writes a page that is well-formed and a chart that can be drawn.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

page() { # name, command
    ok "$1: a page with its chart" "$PARLEY game $2 -o '$T/page.html' && python3 '$PARLEY_SOURCE/tests/game/page.py' '$T/page.html'"
    ok "$1: in Chinese" "$PARLEY game $2 --lang zh -o '$T/zh.html' && python3 '$PARLEY_SOURCE/tests/game/page.py' '$T/zh.html' && grep -q 'lang=\"zh' '$T/zh.html'"
}
page attribution "attribution"
page signal "signal"
page payoffset "payoffset prisoners-dilemma --discount 3/5"
page repeat "repeat --row TFT --col WSLS --slip 0.01 --sweep slip"
page evolve "evolve --population 20"
page "evolve by replicator" "evolve --process replicator --time 10"
page tournament "tournament --turns 20 --repetitions 1 --seed 1"
page solve "solve stag-hunt"
page "solve on the tree" "solve deterrence --subgame-perfect"
ok "the same page from the same seed" "$PARLEY game tournament --turns 20 --repetitions 2 --slip 0.05 --seed 7 -o $T/a.html && $PARLEY game tournament --turns 20 --repetitions 2 --slip 0.05 --seed 7 -o $T/b.html && cmp $T/a.html $T/b.html"
exits 10 "a folder that is not there" "$PARLEY game signal -o $T/none/page.html"
ok "... and nothing is left" "[ ! -e $T/none ]"
exits 2 "a format that is none" "$PARLEY game evolve -o $T/page.xyz"
finish

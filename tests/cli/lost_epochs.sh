#!/bin/sh
# A desk put back from a copy that is older than its rotations: its keys and key statements since are gone, and peers seal to those keys.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/cn"
B="$PARLEY --desk $T/us"
ok "two desks" "$A init && $B init && $A desk keys --party CN && $B desk keys --party US && $A desk card -o $T/cn.card && $B desk card -o $T/us.card && $PARLEY desk ceremony --new-psk $T/psk"
W=$($A desk ceremony --card $T/us.card --psk $T/psk --json | python3 -c "import json,sys; print(json.load(sys.stdin)['english'])")
ok "enrolled" "$A desk enrol us --card $T/us.card --psk $T/psk --words '$W' --spool $T/spool && $B desk enrol cn --card $T/cn.card --psk $T/psk --words '$W' --spool $T/spool"
rounds() { for i in 1 2 3; do $A channel sync --quiet; $B channel sync --quiet; done; }
say() { echo "{\"text\":\"$1\"}" | $A channel send us --type comms-check --body -; }
ok "something is said, and a copy made" "say one && rounds && cp -r $T/cn $T/copy"
ok "two rotations, and something said in each epoch" "$A desk rotate && say two && rounds && $A desk rotate && say three && rounds && $B channel inbox | grep -c comm -i | grep -q 3"
ok "the copy is put back" "rm -r $T/cn && mv $T/copy $T/cn && rounds"
exits 16 "it says nothing" "say four"
exits 16 "no second key statement of epoch 2 is signed by recover" "$A desk recover"
exits 16 "nor by rotate" "$A desk rotate"
ok "the other side prints our cards as it holds them" "$B desk card --of cn --epoch 2 -o $T/2.card && $B desk card --of cn -o $T/3.card && grep -q 'epoch 3' $T/3.card"
exits 10 "not one that it never had" "$B desk card --of cn --epoch 4"
exits 16 "not the third without the second" "$A desk recover --card $T/3.card"
exits 16 "not another party's" "$A desk recover --card $T/us.card"
sed 's/^epoch 2/epoch 3/' $T/2.card >$T/forged.card
exits 5 "not a forged one" "$A desk recover --card $T/forged.card"
ok "with both it begins epoch 4" "$A desk recover --card $T/2.card,$T/3.card && rounds && rounds"
ok "its own statements came back, and it speaks again" "say four && rounds && [ \$($A channel inbox --all --json | grep -c comms-check) = 4 ] && [ \$($B channel inbox --json | grep -c comms-check) = 4 ]"
ok "it hears, too" "echo '{\"text\":\"five\"}' | $B channel send cn --type comms-check --body - && rounds && $A channel inbox | grep -q us"
ok "both records verify" "$A channel verify us && $B channel verify cn"

# the other way round: the other side rotates twice, and what it had said is not under way any more
ok "a copy from before two rotations of the other side" "cp -r $T/cn $T/copy && for i in 1 2; do $B desk rotate && echo '{\"text\":\"r\"}' | $B channel send cn --type comms-check --body - && rounds || exit 1; done; rm -f $T/spool/*; rm -r $T/cn && mv $T/copy $T/cn"
ok "the other side's question brings its cards: nothing of ours could be opened there" "rounds && rounds && echo '{\"text\":\"six\"}' | $B channel send cn --type comms-check --body - && rounds && sleep 2 && rounds && say seven && rounds && $B channel inbox --json | grep -c comms-check | grep -q 5 && [ \$($A channel inbox --json | grep -c comms-check) = 4 ]"
ok "both records verify again" "$A channel verify us && $B channel verify cn"
finish

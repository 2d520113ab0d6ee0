#!/bin/sh
# Attachments over every carrier: file, mail, relay and direct; taken out where the officer says, never where the sender does.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/cn"
B="$PARLEY --desk $T/us"
json() { python3 -c "import json,sys; d=json.load(sys.stdin); print(d$1)"; }
port=$((20000 + $$ % 20000))
pids=
trap 'for p in $pids; do kill $p 2>/dev/null; done; rm -rf "$T"' EXIT
echo "a-token-of-sixteen-bytes" >$T/tokens
line="https://127.0.0.1:$port $($PARLEY relay run --folder $T/relay --pin) a-token-of-sixteen-bytes"
ok "two desks" "$A init && $B init && $A desk keys --party CN --direct https://127.0.0.1:$((port + 1)) --relay '$line' && $B desk keys --party US --direct https://127.0.0.1:$((port + 2)) --relay '$line' && $A desk card -o $T/cn.card && $B desk card -o $T/us.card && $PARLEY desk ceremony --new-psk $T/psk"
W=$($A desk ceremony --card $T/us.card --psk $T/psk --json | json "['english']")
ok "enrolled with a spool folder" "$A desk enrol us --card $T/us.card --psk $T/psk --words '$W' --spool $T/spool && $B desk enrol cn --card $T/cn.card --psk $T/psk --words '$W' --spool $T/spool"
head -c 5300000 /dev/urandom >$T/samples.bin
printf 'indicator,kind\n203.0.113.7,address\n' >$T/indicators.csv
: >$T/empty.txt
send() { echo '{"text":"with files"}' | $A channel send us "$@" --type comms-check --tlp GREEN --body - --json | json "['hash']"; }
arrived() { $B channel show $1 --json | python3 -c "import json,sys; d=json.load(sys.stdin); sys.exit(not all(a['state']=='complete' for a in d['attachments']) or len(d['attachments'])!=$2)"; }
rounds() { for i in 1 2 3 4; do $A channel sync --quiet; $B channel sync --quiet; done; }

# file
H=$(send $T/samples.bin $T/indicators.csv $T/empty.txt)
ok "by file: more than one window of chunks" "rounds; arrived $H 3"
ok "they are listed with their labels" "$B channel show $H | grep -q 'labelled \"samples.bin\": 5300000 bytes, complete' && $B channel show $H --lang zh | grep -q indicators.csv"
ok "taken out, they are the same" "for n in 1 2 3; do $B channel show $H --attachment \$n -o $T/out\$n || exit 1; done; cmp $T/out1 $T/samples.bin && cmp $T/out2 $T/indicators.csv && cmp $T/out3 $T/empty.txt"
ok "to standard output" "$B channel show $H --attachment 2 -o - | cmp - $T/indicators.csv"
exits 16 "nothing is overwritten" "$B channel show $H --attachment 1 -o $T/indicators.csv"
exits 2 "no name of theirs is ever a path: -o is needed" "$B channel show $H --attachment 1"
exits 10 "there is no fourth" "$B channel show $H --attachment 4 -o $T/out4"
ok "nothing was made by those" "[ ! -e $T/out4 ] && ! ls samples.bin"
ok "the sender can take its own out" "$A channel show $H --attachment 2 -o $T/own && cmp $T/own $T/indicators.csv"
ok "nothing of them is readable at rest or under way" "! grep -aq '203.0.113.7' $T/cn/channel.db* $T/us/channel.db* && ! grep -raq '203.0.113.7' $T/spool"
ok "forgotten, it is gone and the statement stays" "$B channel show $H --attachment 1 --forget && $B channel show $H --json | grep -q 'not here' && ! $B channel show $H --attachment 1 -o $T/again && $B channel verify cn"
ok "verify both" "$A channel verify us && $B channel verify cn"

tamper() { rm -rf $T/bad && cp -a $1 $T/bad && python3 -c "import sqlite3,sys; c=sqlite3.connect('$T/bad/channel.db'); assert c.execute(sys.argv[1]).rowcount; c.commit()" "$3" && $PARLEY --desk $T/bad channel verify $2; }
named() { tamper "$@" >$T/said 2>&1; code=$?; grep -q "$4" $T/said || code=1; return $code; }
exits 5 "a chunk of theirs that is altered: the statement that named the file is named" "named $T/us cn 'UPDATE chunk SET sealed = randomblob(length(sealed)) WHERE ours = 0' 'their statement 1 of epoch 1: a file that it names is not what was signed'"
exits 5 "a chunk of ours that is deleted" "named $T/cn us 'DELETE FROM chunk WHERE rowid = (SELECT max(rowid) FROM chunk)' 'our statement 1 of epoch 1: a file'"
exits 5 "a file of ours that is not listed any more" "named $T/cn us 'DELETE FROM attachment' 'our statement 1 of epoch 1: a file that it names is missing'"
exits 5 "a sealing key that is deleted" "named $T/cn us 'DELETE FROM direction WHERE inbound = 0' 'the sealing key of epoch 1, outbound, is missing'"

# what the sender may not name
mkdir -p $T/odd && cp $T/indicators.csv "$T/odd/con.txt" && cp $T/indicators.csv "$T/odd/.hidden" && cp $T/indicators.csv "$(printf '%s/odd/a\nb' $T)"
exits 3 "a device's name" "send $T/odd/con.txt >/dev/null; echo '{\"text\":\"x\"}' | $A channel send us $T/odd/con.txt --type comms-check --body -"
exits 3 "a hidden file" "echo '{\"text\":\"x\"}' | $A channel send us $T/odd/.hidden --type comms-check --body -"
exits 3 "a name with a line end" "echo '{\"text\":\"x\"}' | $A channel send us \"\$(printf '%s/odd/a\nb' $T)\" --type comms-check --body -"
exits 3 "a list in the body without files" "echo '{\"text\":\"x\",\"attachments\":[{\"name\":\"a\",\"bytes\":1,\"sha256\":\"$(printf x | sha256sum | cut -c1-64)\"}]}' | $A channel send us --type comms-check --body -"
head -c 16777217 /dev/zero >$T/huge
ok "17 MiB are too many" "! (echo '{\"text\":\"x\"}' | $A channel send us $T/huge --type comms-check --body -)"
exits 3 "two of one label" "mkdir -p $T/two && cp $T/indicators.csv $T/two/ && echo '{\"text\":\"x\"}' | $A channel send us $T/indicators.csv $T/two/indicators.csv --type comms-check --body -"

# mail
M="$PARLEY --desk $T/de"
N="$PARLEY --desk $T/fr"
ok "two desks with mail" "$M init && $N init && $M desk keys --party DE && $N desk keys --party FR && $M desk card -o $T/de.card && $N desk card -o $T/fr.card"
W=$($M desk ceremony --card $T/fr.card --psk $T/psk --json | json "['english']")
ok "enrolled by mail" "$M desk enrol fr --card $T/fr.card --psk $T/psk --words '$W' --mail-out $T/m1 --mail-in $T/m2 && $N desk enrol de --card $T/de.card --psk $T/psk --words '$W' --mail-out $T/m2 --mail-in $T/m1"
G=$(echo '{"text":"by mail"}' | $M channel send fr $T/indicators.csv --type comms-check --body - --json | json "['hash']")
ok "by mail" "for i in 1 2 3; do $M channel sync --quiet; $N channel sync --quiet; done; $N channel show $G --attachment 1 -o $T/mailed && cmp $T/mailed $T/indicators.csv"

# relay, then direct
$PARLEY relay run --folder $T/relay --tokens $T/tokens --listen 127.0.0.1:$port 2>$T/relay.log & pids="$pids $!"
for i in 1 2 3 4 5 6 7 8; do grep -q listening $T/relay.log && break; sleep .25; done
R="$PARLEY --desk $T/jp"
S="$PARLEY --desk $T/kr"
ok "two desks with a relay only" "$R init && $S init && $R desk keys --party JP --relay '$line' && $S desk keys --party KR --relay '$line' && $R desk card -o $T/jp.card && $S desk card -o $T/kr.card"
W=$($R desk ceremony --card $T/kr.card --psk $T/psk --json | json "['english']")
ok "enrolled by relay" "$R desk enrol kr --card $T/kr.card --psk $T/psk --words '$W' && $S desk enrol jp --card $T/jp.card --psk $T/psk --words '$W'"
G=$(echo '{"text":"by relay"}' | $R channel send kr $T/samples.bin $T/indicators.csv --type comms-check --body - --json | json "['hash']")
ok "by relay" "for i in 1 2 3 4; do $R channel sync --quiet; $S channel sync --quiet; done; $S channel show $G --attachment 1 -o $T/relayed && cmp $T/relayed $T/samples.bin && ! grep -raq '203.0.113.7' $T/relay"
$A node run --listen 127.0.0.1:$((port + 1)) 2>$T/cn.log & pids="$pids $!"
$B node run --listen 127.0.0.1:$((port + 2)) 2>$T/us.log & pids="$pids $!"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do grep -q listening $T/cn.log && grep -q listening $T/us.log && break; sleep .25; done
H=$(send $T/samples.bin $T/indicators.csv)
ok "direct, between nodes, by themselves" "for i in \$(seq 120); do arrived $H 2 2>/dev/null && break; sleep .5; done; $B channel show $H --attachment 1 -o $T/direct && cmp $T/direct $T/samples.bin"
finish

#!/bin/sh
# A node whose disk is full, or whose files may not grow any more, takes nothing it cannot store, says so, and goes on when there is
# room. The first needs a small file system of its own; where the system lets nobody mount one it is skipped.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
base=$((30000 + $$ % 10000))
pids=
trap 'for p in $pids; do kill $p 2>/dev/null; done; rm -rf "$T"' EXIT
json() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
wait_for() { # a command that becomes true within a minute
    for _ in $(seq 300); do if sh -c "$1" >/dev/null 2>&1; then return 0; fi; sleep .2; done
    echo "never true: $1"
    return 1
}
desks() { # folder of the desk that will be full, of the other, first port
    for d in $1 $2; do $PARLEY --desk $d init; done
    $PARLEY --desk $1 desk keys --party FULL --direct https://127.0.0.1:$3
    $PARLEY --desk $2 desk keys --party PEER --direct https://127.0.0.1:$(($3 + 1))
    $PARLEY --desk $1 desk card -o $T/full.card
    $PARLEY --desk $2 desk card -o $T/peer.card
    rm -f $T/psk
    $PARLEY desk ceremony --new-psk $T/psk
    words=$($PARLEY --desk $1 desk ceremony --card $T/peer.card --psk $T/psk --json | json "['english']")
    $PARLEY --desk $1 desk enrol peer --card $T/peer.card --psk $T/psk --words "$words"
    $PARLEY --desk $2 desk enrol full --card $T/full.card --psk $T/psk --words "$words"
}
say() { # desk, peer, precedence
    python3 -c "print('{\"text\": \"%s\"}' % ('x' * 20000))" | $PARLEY --desk $1 channel send $2 --type comms-check --precedence $3 --body - >/dev/null 2>&1
}
cat >$T/nothing_waits <<END
$PARLEY --desk \$1 channel status \$2 --json | grep -q '"outstanding": 0'
END

# a limit on the size of files (ulimit -f, in blocks of 512 bytes)
desks $T/e $T/f $((base + 4)) >/dev/null
(ulimit -f 5000; exec $PARLEY --desk $T/e node run --listen 127.0.0.1:$((base + 4)) 2>$T/e.log) & e=$!
$PARLEY --desk $T/f node run --listen 127.0.0.1:$((base + 5)) 2>$T/f.log & f=$!
pids="$e $f"
wait_for "grep -q listening $T/e.log && grep -q listening $T/f.log"
for i in $(seq 14); do python3 -c "print('{\"text\": \"%s\"}' % ('x' * 250000))" | $PARLEY --desk $T/f channel send full --type comms-check --precedence routine --body - >/dev/null 2>&1; done
ok "a limit on the size of files is a full disk: 503 and BUSY, not the end" "wait_for 'grep -q event=disk-full $T/e.log && grep -q \"answer 503\" $T/f.log && grep -q event=peer-busy $T/f.log' && kill -0 $e"
kill $e
wait $e 2>/dev/null
$PARLEY --desk $T/e node run --listen 127.0.0.1:$((base + 4)) 2>>$T/e.log & e=$!
pids="$e $f"
ok "without the limit everything arrives, and the record verifies" "wait_for 'sh $T/nothing_waits $T/f full' && $PARLEY --desk $T/e channel verify peer"
kill $e $f
wait $e $f 2>/dev/null
pids=

cat >$T/small.sh <<END
mount -t tmpfs -o size=6m,mode=700 tmpfs $T/small || exit 99
mv $T/c/* $T/small/
$PARLEY --desk $T/small node run --listen 127.0.0.1:$((base + 2)) 2>$T/c.log & c=\$!
for _ in \$(seq 100); do grep -q listening $T/c.log && break; sleep .1; done
[ -e $T/small/ballast ] && touch $T/had-ballast
dd if=/dev/zero of=$T/small/filler bs=4096 2>/dev/null
touch $T/filled
for _ in \$(seq 300); do grep -q event=disk-full $T/c.log && break; sleep .2; done
[ -e $T/small/ballast ] || touch $T/gave-ballast
echo '{"text": "we are full"}' | $PARLEY --desk $T/small channel send peer --type comms-check --precedence flash --body - >$T/said 2>&1
for _ in \$(seq 300); do [ -e $T/empty ] && break; sleep .2; done
rm $T/small/filler
for _ in \$(seq 300); do [ -e $T/finish ] && break; sleep .2; done
kill \$c
wait \$c
$PARLEY --desk $T/small channel verify peer >$T/verified 2>&1
END
mkdir -m 700 $T/small
if unshare -m true 2>/dev/null; then separate="unshare -m"; else separate="unshare -rm"; fi
if ! $separate sh -c "mount -t tmpfs -o size=1m tmpfs $T/small" 2>/dev/null; then
    echo "# no file system can be mounted here"
    finish
    exit 0
fi
desks $T/c $T/d $((base + 2)) >/dev/null
$PARLEY --desk $T/d node run --listen 127.0.0.1:$((base + 3)) 2>$T/d.log & d=$!
$separate sh $T/small.sh & s=$!
pids="$d $s"
wait_for "[ -e $T/filled ] && grep -q listening $T/d.log"
for i in $(seq 8); do say $T/d full routine; done
ok "a file system that is full: the node says so" "wait_for 'grep -q event=disk-full $T/c.log'"
ok "and gives up its ballast" "[ -e $T/had-ballast ] && [ -e $T/gave-ballast ]"
ok "the peer hears of it: 503, and BUSY" "wait_for 'grep -q \"peer=full event=carrier-failed.*503\" $T/d.log && grep -q event=peer-busy $T/d.log'"
ok "its own officer still speaks, in the room of the ballast" "wait_for 'grep -q \"Signed and stored\" $T/said' && wait_for '$PARLEY --desk $T/d channel inbox --json | grep -q \"FLASH\"'"
ok "the peer's statements wait with the peer" "! sh $T/nothing_waits $T/d full"
touch $T/empty
ok "room again: everything arrives" "wait_for 'sh $T/nothing_waits $T/d full'"
touch $T/finish
wait $s
ok "the record verifies" "grep -q . $T/verified && ! grep -qi 'bad\|altered' $T/verified"
kill $d
wait $d 2>/dev/null
pids=
finish

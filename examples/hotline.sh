#!/bin/sh
# Two desks and a relay on this machine: enrol, notify an incident, get the receipt, lose the direct carrier, fall back to the
# relay and then to a file, restore, verify, prove. Usage: examples/hotline.sh [FOLDER]   (PARLEY=build/parley)
set -eu
PARLEY=${PARLEY:-build/parley}
T=${1:-$(mktemp -d)}
mkdir -p "$T"
export PARLEY_STATE="$T/state"
base=$((20000 + $$ % 20000))
CN="$PARLEY --desk $T/cn"
US="$PARLEY --desk $T/us"
value() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
pids=
stop() { for p in $pids; do kill "$p" 2>/dev/null || true; done; pids=; }
trap stop EXIT
step() { printf '\n== %s\n' "$*"; }
wait_for() { # a command that becomes true within a minute
    for _ in $(seq 300); do if sh -c "$1" >/dev/null 2>&1; then return 0; fi; sleep .2; done
    echo "FAILED: $1"; tail -5 "$T"/*.log; exit 1
}
came() { # so many statements of CN are here
    [ "$($US channel inbox --json | value "[0:].__len__()")" = "$1" ] || { echo "FAILED: $1 statements were expected"; exit 1; }
}
start() { # name, command...
    name=$1; shift
    "$@" 2>>"$T/$name.log" & eval "$name=$!"; pids="$pids $!"
}
end() { eval "p=\$$1"; kill "$p"; wait "$p" 2>/dev/null || true; }

step "A relay, with one token"
echo "a-token-of-at-least-16-bytes" >"$T/tokens"
pin=$($PARLEY relay run --folder "$T/relay" --pin)
relay="https://127.0.0.1:$base $pin a-token-of-at-least-16-bytes"

step "Two desks with keys; cards and a pre-shared key change hands"
for d in cn us; do $PARLEY --desk "$T/$d" init >/dev/null; done
$CN desk keys --party CN --direct "https://127.0.0.1:$((base + 1))" --relay "$relay" --technical "CNCERT duty desk"
$US desk keys --party US --direct "https://127.0.0.1:$((base + 2))" --relay "$relay" --technical "US-CERT duty desk" >/dev/null
$CN desk card -o "$T/cn.card"
$US desk card -o "$T/us.card"
$PARLEY desk ceremony --new-psk "$T/psk"

step "Both read twelve words to each other"
words=$($CN desk ceremony --card "$T/us.card" --psk "$T/psk" --json | value "['english']")
echo "CN reads: $words"
echo "US reads: $($US desk ceremony --card "$T/cn.card" --psk "$T/psk" --json | value "['chinese']")"
$CN desk enrol us --card "$T/us.card" --psk "$T/psk" --words "$words"
$US desk enrol cn --card "$T/cn.card" --psk "$T/psk" --words "$words"

step "Nodes listen"
start relay_pid $PARLEY relay run --folder "$T/relay" --tokens "$T/tokens" --listen "127.0.0.1:$base"
start cn_pid $CN node run --listen "127.0.0.1:$((base + 1))"
start us_pid $US node run --listen "127.0.0.1:$((base + 2))"
wait_for "grep -q listening $T/cn_pid.log && grep -q listening $T/us_pid.log && grep -q listening $T/relay_pid.log"

step "An incident is notified, FLASH"
cat >"$T/incident.json" <<'END'
{"what": "Ransomware at two hospitals", "when": "2026-11-21T09:00Z", "affected": ["health"], "malicious": "yes", "cross_border": "unknown",
 "request": "please look at three addresses (annex)", "offer": "samples and logs", "way_out": "a joint statement that both sides investigate",
 "their_interest": "no accusation before the facts are known", "their_intent": "probably not involved", "issues": ["hospital ransomware"]}
END
hash=$($CN channel send us --type incident-notification --precedence flash --tlp AMBER --within 24h --body "$T/incident.json" --json | value "['hash']")
wait_for "$CN channel status us --json | grep -q '\"stored_by_peer\": 1'"
$CN channel status us

step "The other side reads and answers"
$US channel receipt "$hash" --by "duty officer 7" >/dev/null
$US channel reply "$hash" --text "Received. We look into it." --decision acknowledge >/dev/null
wait_for "$CN channel status us --json | grep -q '\"answered\": 1'"
$CN channel show "$hash" | head -12

step "The direct carrier is cut: the US node is down; the relay keeps what CN says"
end us_pid
before=$(grep -c deposit "$T/relay_pid.log" || true)
echo '{"text": "by way of the relay"}' | $CN channel send us --type comms-check --precedence flash --body - >/dev/null
wait_for "[ \$(grep -c deposit $T/relay_pid.log) -gt $before ]"
end cn_pid
$US channel sync --quiet
$CN channel sync --quiet
came 2
$US channel inbox

step "The relay is gone, too: a spool folder on a stick"
end relay_pid
# a carrier is local: each side names its own folder for the stick
$CN desk carrier us --add "file $T/stick"
$US desk carrier cn --add "file $T/stick"
echo '{"text": "by stick"}' | $CN channel send us --type comms-check --body - >/dev/null
for d in cn us cn; do $PARLEY --desk "$T/$d" channel sync --quiet; done
$CN channel status us --json | grep -q '"outstanding": 0'
came 3
$US channel inbox

step "Everything back: nodes restored, nothing shown twice"
start cn_pid $CN node run --listen "127.0.0.1:$((base + 1))"
start us_pid $US node run --listen "127.0.0.1:$((base + 2))"
wait_for "[ \$(grep -c listening $T/us_pid.log) = 2 ] && [ \$(grep -c listening $T/cn_pid.log) = 2 ]"
echo '{"text": "direct again"}' | $US channel send cn --type comms-check --body - >/dev/null
wait_for "$US channel status cn --json | grep -q '\"outstanding\": 0'"
stop
$CN channel verify us
$US channel verify cn

step "A neutral witness, who sees nothing of what was said, cosigns how far the record has grown"
witness=$($PARLEY witness keys --name witness.example.org --folder "$T/witness" | head -1)
$CN desk witness "$witness"
$US desk witness "$witness" >/dev/null
author=$($CN channel checkpoint us -o "$T/request" --json | value "['author']")
$PARLEY witness cosign "$T/request" --folder "$T/witness" --author "$author" -o "$T/cosigned.note"
$CN channel checkpoint us --cosigned "$T/cosigned.note"
$US channel checkpoint cn --cosigned "$T/cosigned.note"

step "Evidence for a third party"
$CN channel evidence us --seq 1 -o "$T/evidence"
"$(dirname "$0")/../tools/verify-bundle" "$T/evidence" "$witness"
echo
echo "Done in $T"

#!/bin/sh
# The hotline example from end to end, and what attackers of a node get: nothing, and a line in the log.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
ok "examples/hotline.sh: direct, relay, file, back again, verified, proven" "PARLEY=$PARLEY sh $PARLEY_SOURCE/examples/hotline.sh $T/hot"
ok "every statement came once" "[ \$($PARLEY --desk $T/hot/us channel inbox --json | grep -c '\"hash\"') = 3 ]"
ok "the direct carrier carried" "grep -q 'event=stored' $T/hot/us_pid.log && ! grep -q no-tls-key $T/hot/us_pid.log"
ok "the relay saw no content" "! grep -rq hospital $T/hot/relay"
ok "no log holds contents or tokens" "! grep -qi 'hospital\|a-token' $T/hot/*.log"

export PARLEY_STATE="$T/hot/state"
port=$((40000 + $$ % 20000))
$PARLEY --desk $T/hot/us node run --listen 127.0.0.1:$port 2>$T/node.log &
node=$!
for i in 1 2 3 4 5 6 7 8 9 10; do grep -q listening $T/node.log && break; sleep .3; done
if command -v openssl >/dev/null && command -v curl >/dev/null; then
    openssl req -x509 -newkey ed25519 -nodes -keyout $T/eve.key -out $T/eve.crt -subj /CN=parley -days 2 2>/dev/null
    code() { curl -sk -o /dev/null -w '%{http_code}' --max-time 10 "$@" https://127.0.0.1:$port/v1/unit; }
    ok "no client certificate: 403" "[ \$(code --data-binary x) = 403 ]"
    ok "a wrong TLS key: 403" "[ \$(code --cert $T/eve.crt --key $T/eve.key --data-binary x) = 403 ]"
    ok "TLS 1.2 is refused" "! curl -sk --tls-max 1.2 --max-time 10 https://127.0.0.1:$port/v1/unit"
    ok "plain HTTP is refused" "! curl -s --max-time 5 http://127.0.0.1:$port/v1/unit"
    ok "each left a line" "grep -q 'code=403 why=no-tls-key' $T/node.log && grep -q 'code=403 why=unknown-tls-key' $T/node.log && grep -q 'why=\"no TLS 1.3 session' $T/node.log"
    ok "a hundred megabytes from a stranger are not read" "head -c 100000000 /dev/zero | curl -sk --max-time 20 -o /dev/null -w '%{http_code}' --data-binary @- https://127.0.0.1:$port/v1/unit | grep -q 403"
fi
kill -9 $node 2>/dev/null
wait $node 2>/dev/null
ok "after kill -9 the record verifies" "$PARLEY --desk $T/hot/us channel verify cn"
exits 2 "an address that is none" "$PARLEY --desk $T/hot/us node run --listen nowhere"
finish

#!/bin/sh
# Every proof from real desks: made by its command, accepted by three verifiers, refused when anything in it is altered.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/cn"
B="$PARLEY --desk $T/us"
json() { python3 -c "import json,sys; d=json.load(sys.stdin); print(d$1)"; }
say() { echo "{\"text\":\"$2\"}" | eval "$1 channel send ${3:-us} --type comms-check --tlp GREEN --body -"; }
rounds() { for i in 1 2 3; do $A channel sync --quiet && $B channel sync --quiet; done; }

ok "two desks" "$A init && $B init && $A desk keys --party CN && $B desk keys --party US && $A desk card -o $T/cn.card && $B desk card -o $T/us.card && $PARLEY desk ceremony --new-psk $T/psk"
W=$($A desk ceremony --card $T/us.card --psk $T/psk --json | json "['english']")
ok "enrolled" "$A desk enrol us --card $T/us.card --psk $T/psk --words '$W' --spool $T/spool && $B desk enrol cn --card $T/cn.card --psk $T/psk --words '$W' --spool $T/spool"
ok "said and heard" "say '$A' one && say '$A' two && say '$B' three cn && rounds && say '$A' four && rounds && say '$B' five cn && rounds"

# statements
ok "never got it is false" "$A channel evidence us --seq 1 --disclose -o $T/got --json | grep -q got-it"
ok "never sent it is false" "$A channel evidence us --theirs --seq 1 --claim said-it --disclose -o $T/said"
ok "their statement is proven in the tree they signed, ours in one they cosigned" "$PARLEY channel evidence --check $T/said | grep -q 'in the author.s tree' && $PARLEY channel evidence --check $T/got | grep -q 'cosigned the checkpoint'"
ok "no disclosure unless asked" "$A channel evidence us --seq 2 --claim said-it -o $T/closed && [ ! -e $T/closed/disclosed ]"
exits 10 "no equivocation, no rewriting, no cheating relay without proof" "$A channel evidence us --claim rewritten -o $T/none; $A channel evidence us --claim relay -o $T/none; $A channel evidence us --claim equivocation -o $T/none"

# a copy of the other desk says something else under the same number
cp -a $T/us $T/us2 && cp -a $T/state $T/state2
C="PARLEY_STATE=$T/state2 $PARLEY --desk $T/us2"
ok "two mouths of one desk" "say '$B' 'we had nothing to do with it' cn && say '$C' 'we did it' cn && $B channel sync --quiet && $A channel sync --quiet && eval '$C channel sync --quiet'; $A channel sync --quiet && $A channel status us --json | tee $T/status | grep -q '\"equivocated\": true'"
ok "the two are proven, with what they said" "$A channel evidence us --claim equivocation --disclose -o $T/twice && grep -q 'nothing to do' $T/twice/disclosed/*.body && grep -q 'we did it' $T/twice/disclosed/*.body"
ok "and so is the record that was rewritten" "grep -q '\"rewritten\": true' $T/status && $A channel evidence us --claim rewritten -o $T/rewritten && $PARLEY channel evidence --check $T/rewritten | grep -q 'proven: rewritten'"
ok "a later checkpoint makes the proof short" "say '$B' six cn; rounds; $A channel evidence us --claim rewritten -o $T/short && [ -e $T/short/proofs/1.consistency -o -e $T/short/checkpoints/2.note ]"

# by hand, as README.txt says
ok "openssl checks a statement by hand" "cd $T/got && (printf parley-statement-v1; head -c 240 statements/1.bin) >$T/message && tail -c 64 statements/1.bin >$T/signature && openssl pkeyutl -verify -pubin -inkey cards/\$(python3 -c \"print(open('statements/1.bin','rb').read()[40:48].hex())\")-1.pem -rawin -in $T/message -sigfile $T/signature"
ok "openssl refuses it altered" "printf x >>$T/message && cd $T/got && ! openssl pkeyutl -verify -pubin -inkey \$(ls cards/*.pem | head -1) -rawin -in $T/message -sigfile $T/signature"
ok "a signed-note verifier checks cards with the .vkey beside them" "for c in $T/got/cards/*.note; do $PARLEY_SOURCE/tools/verify-note \$(head -1 \${c%note}vkey) <\$c | grep -q '^party' || exit 1; done"
ok "and a checkpoint" "$PARLEY_SOURCE/tools/verify-note \$(tail -1 $T/short/cards/*.vkey) <$T/short/checkpoints/1.note | grep -q ^parley/"
ok "and the example of the C2SP specification" "printf 'This is an example message.\n\n\342\200\224 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n' | $PARLEY_SOURCE/tools/verify-note example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
printf 'This is another example message.\n\n\342\200\224 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n' >$T/other.note
exits 1 "not another message under that signature" "$PARLEY_SOURCE/tools/verify-note example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k <$T/other.note"
N=$(ls $T/got/cards/*.note | head -1); K1=$(head -1 ${N%note}vkey)
python3 - "$N" >$T/half.note <<'END'
import base64, sys
note = open(sys.argv[1]).read()
name, blob = note.rsplit("\n", 2)[1][2:].split(" ")
raw = bytearray(base64.b64decode(blob))
raw[-1] ^= 1
print(note + "\u2014 " + name + " " + base64.b64encode(raw).decode())
END
exits 1 "nor a note with one good and one wrong signature of a key that was given" "$PARLEY_SOURCE/tools/verify-note '$K1' <$T/half.note"
ok "but no other key" "! $PARLEY_SOURCE/tools/verify-note \$(tail -1 $T/got/cards/*.vkey | tail -1) <\$(ls $T/got/cards/*.note | head -1)"
ok "root keys from elsewhere" "R=\$(sed -n 's/^root //p' $T/us.card) && $PARLEY_SOURCE/tools/verify-bundle $T/twice \$R && ! $PARLEY_SOURCE/tools/verify-bundle $T/twice \$(sed -n 's/^root //p' $T/cn.card)"

ok "the independent verifier judges the vectors alike" "$PARLEY_SOURCE/tools/verify-bundle --vectors $PARLEY_SOURCE/tests/vectors/channel/proofs.json"
ok "and refuses the statements that must be refused" "python3 - $PARLEY_SOURCE <<'END'
import importlib.machinery, importlib.util, json, sys
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader('bundle', sys.argv[1] + '/tools/verify-bundle')
v = importlib.util.module_from_spec(importlib.util.spec_from_loader('bundle', loader))
loader.exec_module(v)
vectors = json.load(open(sys.argv[1] + '/tests/vectors/channel/exchange.json'))
key = bytes.fromhex('19204c8c3ba85ba059cd18ac9017bd02a18da5d10c68fb779a34be43ef067791')
judge = lambda b: v.statement_form(b) and v.verify(key, b'parley-statement-v1' + b[:240], b[240:])
taken = [r['what'] for r in vectors['refused'] if r['kind'] in ('statement', 'signature') and judge(bytes.fromhex(r['bytes']))]
lost = [s['what'] for s in vectors['statements'] if not judge(bytes.fromhex(s['statement']))]
lost += [c['what'] for c in vectors['cards'] if not v.CARD.fullmatch(v.note_parts(c['note'].encode(), '')[0])]
print(taken, lost)
sys.exit(bool(taken or lost))
END"

# a relay that forgets what it took
relay_port=$((20000 + $$ % 20000))
relay_run() { $PARLEY relay run --folder $T/relay --tokens $T/tokens --listen 127.0.0.1:$relay_port 2>>$T/relay.log & relay=$!; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do curl -sk --max-time 2 -o /dev/null https://127.0.0.1:$relay_port/ && break; sleep .25; done; }
echo "a-token-of-sixteen-bytes" >$T/tokens
line="https://127.0.0.1:$relay_port $($PARLEY relay run --folder $T/relay --pin) a-token-of-sixteen-bytes"
D="$PARLEY --desk $T/de"
F="$PARLEY --desk $T/fr"
ok "two desks with a relay" "$D init && $F init && $D desk keys --party DE --relay '$line' && $F desk keys --party FR --relay '$line' && $D desk card -o $T/de.card && $F desk card -o $T/fr.card"
W=$($D desk ceremony --card $T/fr.card --psk $T/psk --json | json "['english']")
ok "enrolled by relay" "$D desk enrol fr --card $T/fr.card --psk $T/psk --words '$W' && $F desk enrol de --card $T/de.card --psk $T/psk --words '$W'"
relay_run
trap 'kill $relay 2>/dev/null; rm -rf "$T"' EXIT
ok "deposits are signed for, and the listing agrees" "say '$D' one fr && $D channel sync --quiet && say '$D' two fr && $D channel sync --quiet && $D channel relays fr --json | tee $T/relays | grep -q '\"contradiction\": false' && grep -q '\"answered\": true' $T/relays && [ \$(json \"['relays'][0]['deposits']\" <$T/relays) -ge 2 ] && [ \$(json \"['relays'][0]['deposits']\" <$T/relays) = \$(json \"['relays'][0]['notes_held']\" <$T/relays) ]"
ok "a unit that was taken is no contradiction" "$F channel sync --quiet && $D channel sync --quiet && $D channel relays fr"
exits 10 "an honest relay cannot be accused" "$D channel evidence fr --claim relay -o $T/none"
kill $relay; wait $relay 2>/dev/null
for box in $T/relay/*/log; do cp $box $box.full; head -c 80 $box.full >$box; rm $box.full; done # the copy of an old disk
relay_run
exits 5 "a relay that lost deposits contradicts itself" "$D channel relays fr"
ok "and that is proven" "$D channel evidence fr --claim relay -o $T/relay-cheats && $PARLEY channel evidence --check $T/relay-cheats | grep -q 'knows nothing of the deposit' && $PARLEY_SOURCE/tools/verify-bundle $T/relay-cheats"
ok "its notes are signed notes like others" "python3 - $T/relay-cheats <<'END' >$T/vkey && $PARLEY_SOURCE/tools/verify-note \$(cat $T/vkey) <$T/relay-cheats/relay/1.note
import base64, hashlib, sys
der = base64.b64decode(open(sys.argv[1] + '/relay/key.pem').read().split('\\n')[1])
name = 'relay-' + hashlib.sha256(der).hexdigest()[:16]
print(name + '+' + hashlib.sha256(name.encode() + b'\\n\\x01' + der[12:]).hexdigest()[:8] + '+' + base64.b64encode(b'\\x01' + der[12:]).decode())
END"
ok "the relay goes on: it numbers anew what it takes" "say '$D' three fr && $D channel sync --quiet && $F channel sync --quiet && $F channel inbox --json | grep -q '\"seq\": '"
kill $relay; wait $relay 2>/dev/null

# forged
ok "every altered bundle is refused by both verifiers" "python3 $PARLEY_SOURCE/tests/cli/forge_bundles.py ${PARLEY##* } $PARLEY_SOURCE/tools/verify-bundle $T $T/got $T/said $T/twice $T/rewritten $T/relay-cheats"
cat $T/.log 2>/dev/null | sed 's/^/# /'
finish

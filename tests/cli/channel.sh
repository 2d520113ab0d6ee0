#!/bin/sh
# Two desks over the file and mail carriers: enrol, send, receipt, answer, restore a copy, tamper, prove.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/cn"
B="$PARLEY --desk $T/us"
json() { python3 -c "import json,sys; d=json.load(sys.stdin); print(d$1)"; }

ok "two desks" "$A init --shipped && $B init"
ok "keys" "$A desk keys --party CN --technical 'CERT +86' && $B desk keys --party US"
exits 10 "a root secret that cannot be written leaves no half-made desk" "$PARLEY --desk $T/half init && $PARLEY --desk $T/half desk keys --party H --root-out $T/nowhere/root.key"
ok "the next try succeeds" "$PARLEY --desk $T/half desk keys --party H --legal 'Treaty office' && $PARLEY --desk $T/half desk card | grep -q 'contact legal Treaty office'"
exits 2 "a name that is too long is not cut" "$PARLEY --desk $T/long init && $PARLEY --desk $T/long desk keys --party $(printf 'x%.0s' $(seq 65))"
exits 2 "an address that no peer could use is not put on a card" "$PARLEY --desk $T/long desk keys --party L --direct http://127.0.0.1:1"
mkdir -m 755 $T/plain
exits 10 "a folder that is no desk gets no keys" "$PARLEY --desk $T/plain desk keys --party P"
exits 10 "and nobody is told to close it" "$PARLEY --desk $T/plain channel status 2>$T/said; code=\$?; ! grep -q chmod $T/said || code=1; [ \$(stat -c %a $T/plain) = 755 ] || code=1; (exit \$code)"
exits 16 "keys are not made twice" "$A desk keys --party CN"
ok "secrets are closed to others" "[ \$(stat -c %a $T/cn) = 700 ] && [ \$(stat -c %a $T/cn/channel.db) = 600 ] && [ \$(stat -c %a $T/cn/keys/root.key) = 600 ]"
ok "cards" "$A desk card -o $T/cn.card && $B desk card -o $T/us.card"
ok "a pre-shared key" "$PARLEY desk ceremony --new-psk $T/psk && [ \$(stat -c %a $T/psk) = 600 ]"
$A desk ceremony --card $T/us.card --psk $T/psk --json | json "['english']" >$T/words.a
$B desk ceremony --card $T/cn.card --psk $T/psk --json | json "['english']" >$T/words.b
$B desk ceremony --card $T/cn.card --psk $T/psk --json | json "['chinese']" >$T/words.zh
ok "both sides read the same twelve words" "cmp $T/words.a $T/words.b && [ \$(wc -w <$T/words.a) = 12 ] && [ \$(wc -w <$T/words.zh) = 12 ]"
exits 5 "wrong words enrol nobody" "$A desk enrol us --card $T/us.card --psk $T/psk --words 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'"
sed 's/epoch 1/epoch 2/' $T/us.card >$T/forged.card
exits 8 "a changed card is refused" "$A desk enrol us --card $T/forged.card --psk $T/psk --words \"\$(cat $T/words.a)\""
ok "enrol, in English and in Chinese words" "$A desk enrol us --card $T/us.card --psk $T/psk --words \"\$(cat $T/words.a)\" --spool $T/spool && $B desk enrol cn --card $T/cn.card --psk $T/psk --words \"\$(cat $T/words.zh)\" --spool $T/spool"

exits 16 "a party is enrolled once, and it is said under which name" "$A desk enrol other --card $T/us.card --psk $T/psk --words \"\$(cat $T/words.a)\" 2>$T/said; code=\$?; grep -q \"as 'us'\" $T/said || code=1; (exit \$code)"
exits 2 "no peer is named like an option" "$A desk enrol --card $T/us.card --psk $T/psk --words \"\$(cat $T/words.a)\" -- --json"
mkdir "$T/a b'c\"d 外交" && (cd "$T/a b'c\"d 外交" && C="$PARLEY --desk ./desk" && $C init && $C desk keys --party Q && $C desk card -o 'q card' && W=$($C desk ceremony --card $T/us.card --psk $T/psk --json | json "['english']") &&
    $C desk enrol us --card $T/us.card --psk $T/psk --words "$W" --spool 'stick of ours' && $B desk enrol q --card 'q card' --psk $T/psk --words "$W" --spool "$PWD/stick of ours" && echo '{"text":"x"}' | $C channel send us --type comms-check --body - &&
    cd / && C="$PARLEY --desk $T/q" && ln -s "$T/a b'c\"d 外交/desk" $T/q && $C channel sync && $B channel sync && $C channel sync) >/dev/null 2>&1
ok "desk and spool folder may have blanks, quotes and Chinese in their path, and a path is meant from where it was typed" "$PARLEY --desk $T/q channel status us --json | grep -q '\"stored_by_peer\": 1' && [ -d \"$T/a b'c\\\"d 外交/stick of ours\" ] && $PARLEY --desk $T/q channel verify us"
C="$PARLEY --desk $T/q"
ok "what a revocation cuts before the peer had it is not outstanding for ever" "echo '{\"text\":\"late\"}' | $C channel send us --type comms-check --body - && $C desk revoke us --last-good 1 && for i in 1 2 3; do $C channel sync; $B channel sync; done && $C channel sync && $C channel status us --json >$T/said && grep -q '\"revoked\": 1' $T/said && grep -q '\"outstanding\": 0' $T/said && $C channel status us | grep -q 'Void: 1 of ours' && $C channel verify us && $B channel verify q"
exits 2 "a Maildir's path with blanks is refused, not noted and never used" "$PARLEY --desk $T/long desk keys --party L && W=\$($PARLEY --desk $T/long desk ceremony --card $T/us.card --psk $T/psk --json | json \"['english']\") && $PARLEY --desk $T/long desk enrol us --card $T/us.card --psk $T/psk --words \"\$W\" --mail-out '$T/a b' --mail-in $T/in"

carriers() { $A desk carrier us --json | json "['carriers']"; }
ok "carriers are listed" "$A desk carrier us | grep -q 'file $T/spool'"
ok "one is added before the others, with a line in the log" "$A desk carrier us --add 'mail $T/out $T/in' --first 2>&1 | grep -q 'event=carrier-added' && [ \"\$(carriers)\" = \"['mail $T/out $T/in', 'file $T/spool']\" ]"
exits 16 "the same one twice is refused" "$A desk carrier us --add 'mail $T/out $T/in'"
exits 2 "a line that is no carrier is refused" "$A desk carrier us --add 'pigeon loft'"
exits 2 "a port that is none is refused" "$A desk carrier us --add 'direct https://127.0.0.1:99999'"
exits 2 "a password in an address would stand in every log" "$A desk carrier us --add 'direct https://user:secret@127.0.0.1:1'"
exits 2 "a relay without pin and token is refused" "$A desk carrier us --add 'relay https://127.0.0.1:1'"
exits 10 "one that is not there cannot be removed" "$A desk carrier us --remove 'file /nowhere'"
ok "removed" "$A desk carrier us --remove 'file $T/spool' && [ \"\$(carriers)\" = \"['mail $T/out $T/in']\" ]"
ok "undo puts it back where it was" "$A desk carrier us --undo && [ \"\$(carriers)\" = \"['mail $T/out $T/in', 'file $T/spool']\" ]"
ok "undo again takes back the change before" "$A desk carrier us --undo && [ \"\$(carriers)\" = \"['file $T/spool']\" ]"
exits 10 "then there is nothing to undo" "$A desk carrier us --undo"
ok "every change is kept with its time" "[ \$($A desk carrier us --changes | grep -c '20..-..-..T..:..:..Z') = 4 ]"

cat >$T/incident.json <<'END'
{"what": "Ransomware at a hospital", "when": "2026-11-21T09:00Z", "affected": ["health"], "malicious": "yes", "cross_border": "unknown",
 "their_interest": "no blame before facts", "their_intent": "probably not involved", "way_out": "joint statement"}
END
exits 3 "a body without a required field is refused" "echo '{\"what\":\"x\"}' | $A channel send us --type incident-notification --body -"
exits 8 "a body with a fraction is refused" "echo '{\"text\":1.5}' | $A channel send us --type comms-check --body -"
exits 2 "a type that does not exist" "$A channel send us --type love-letter --body $T/incident.json"
$A channel send us --type incident-notification --precedence flash --tlp AMBER --within 6h --body $T/incident.json --json >$T/sent.json 2>$T/advice
H=$(json "['hash']" <$T/sent.json)
ok "send answers seq and hash" "[ \$(json \"['seq']\" <$T/sent.json) = 1 ] && [ \${#H} = 64 ]"
ok "advice came with it" "grep -q deadline-short $T/advice || [ ! -s $T/advice ]"
ok "status before: outstanding" "$A channel status us --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['sent']==1 and d['outstanding']==1 and d['stored_by_peer']==0 and d['heads'] and d['carriers']\""
ok "out and in" "$A channel sync && $B channel sync && $A channel sync"
ok "status after: stored by the peer" "$A channel status us --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['outstanding']==0 and d['stored_by_peer']==1, d\""
ok "the other side sees it, FLASH, with its deadline" "$B channel show $H --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['precedence']=='FLASH' and d['deadline'] and d['verified'] and d['body']['malicious']=='yes', d\""
ok "a hash may be typed in capitals" "$B channel show \$(echo $H | tr a-f A-F) --json | grep -q $H"
ok "no secret and no content in the spool" "! grep -aq hospital $T/spool/* 2>/dev/null"
ok "no content in the database" "! grep -aq hospital $T/us/channel.db $T/us/channel.db-wal"
ok "a read receipt arrives by itself: nothing answers receipts" "$B channel receipt $H --by 'J. Doe' && $B channel sync && $A channel sync && $A channel status us --json | grep -q '\"read\": 1' && $A channel show $H | grep -q 'J. Doe'"
ok "and the answer" "$B channel reply $H --text 'we look into it' --decision acknowledge && $B channel sync && $A channel sync && $B channel sync"
ok "status: read and answered" "$A channel status us --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['read']==1 and d['answered']==1, d\""
ok "inbox and deadlines" "$A channel inbox | grep -q Reply && $A channel deadlines && $A channel inbox --lang zh | grep -q 答复"
ok "nothing under way when all is said: syncs come to rest" "$A channel sync --json >/dev/null && $B channel sync >/dev/null; $A channel sync >/dev/null; $B channel sync >/dev/null; true"
ok "verify both" "$A channel verify us && $B channel verify cn"
ok "an answer that declines is shown as such" "C=\$(echo '{\"concern\":\"c\"}' | $A channel send us --type concern --body - --override 'the minister insists' --json | json \"['hash']\") && $A channel sync && $B channel sync && $B channel reply \$C --text no --decision decline && $B channel sync && $A channel sync && $A channel show \$C --json | grep -q '\"outcome\": \"declined\"' && $A channel show \$C | grep -q 'the minister insists'"
ok "why advice was not followed stays here, sealed" "! grep -aq 'minister insists' $T/cn/channel.db* $T/us/channel.db* && ! $B channel inbox --json | grep -q minister"
exits 10 "a peer that is none: where to look is said" "$A channel verify nobody 2>&1 | grep -q 'channel status' && $A channel verify nobody"
# a desk made and used where files are open to everybody
(umask 000; C="$PARLEY --desk $T/open"; $C init --shipped; $C desk keys --party OPEN; $C desk card -o $T/open.card; $A desk card -o $T/cn2.card
    W=$($C desk ceremony --card $T/cn2.card --psk $T/psk --json | json "['english']")
    $C desk enrol cn --card $T/cn2.card --psk $T/psk --words "$W" --spool $T/open.spool --mail-out $T/open.out --mail-in $T/open.in
    $A desk enrol open --card $T/open.card --psk $T/psk --words "$W" --spool $T/open.spool
    echo '{"text":"x"}' | $C channel send cn $T/incident.json --type comms-check --precedence flash --body -
    $C channel sync; $A channel sync; $C channel sync; $C record sources; $C channel evidence cn --seq 1 --disclose -o $T/open.proof; echo '{"text":"y"}' | $C channel send cn --type comms-check --precedence flash --body -
    $C channel sync; $C channel show $($C channel inbox cn --all --json | json "[0]['hash']") --attachment 1 -o $T/open.taken) >/dev/null 2>&1
ok "whatever the umask, what a desk makes is its owner's alone" "ls $T/open.spool/*.unit $T/open.out/new/* $T/open.proof/disclosed/1.body $T/open/desk.db && [ \$(stat -c %a $T/open.taken) = 600 ] && [ -z \"\$(find $T/open $T/open.spool $T/open.out $T/open.proof $T/state -perm /077)\" ]"

# a copy, restored
cp -a $T/us $T/us.copy
ok "said after the copy" "echo '{\"text\":\"after the copy\"}' | $B channel send cn --type comms-check --body - && $B channel sync && $A channel sync"
rm -rf $T/us && mv $T/us.copy $T/us
exits 16 "a restored copy signs nothing" "echo '{\"text\":\"again\"}' | $B channel send cn --type comms-check --body -"
ok "it gets its own statements back" "$B channel sync; $A channel sync; $B channel sync; $A channel sync; $B channel sync; echo '{\"text\":\"again\"}' | $B channel send cn --type comms-check --body -"
ok "and no number was used twice" "$B channel sync && $A channel sync && $A channel verify us && $B channel verify cn && $A channel status us --json | grep -q '\"equivocated\": false'"
# a copy on a machine without the mark
cp -a $T/us $T/us.copy2
ok "without the mark only the root opens the fence" "! (echo '{\"text\":\"x\"}' | PARLEY_STATE=$T/other $PARLEY --desk $T/us.copy2 channel send cn --type comms-check --body -)"
rm -rf $T/us.copy2
ok "rotate and go on" "$B desk rotate && $B channel sync && $A channel sync && $B channel sync && echo '{\"text\":\"new epoch\"}' | $A channel send us --type comms-check --body - && $A channel sync && $B channel sync && $A channel sync && $A channel status us --json | grep -q '\"outstanding\": 0'"
ok "verify over two epochs" "$A channel verify us && $B channel verify cn"

exits 10 "a revocation cannot be taken back: a peer that is none makes none" "$B desk revoke nobody --last-good 1"
exits 2 "nor a number that was never said" "$B desk revoke cn --last-good 9999"
exits 2 "nor a number without a peer" "$B desk revoke --last-good 1"
ok "no epoch was opened by those" "$B desk card | grep -q '^epoch 2$'"

# norms, and the record
ok "a norm is proposed, accepted and reported on" "echo '{\"norm\":\"no hospitals\",\"text\":\"Hospitals are no targets.\"}' | $A channel send us --type norm-proposal --tlp GREEN --body - && $A channel sync && $B channel sync && echo '{\"norm\":\"no hospitals\"}' | $B channel send cn --type norm-acceptance --tlp GREEN --body - && $B channel sync && $A channel sync && echo '{\"norm\":\"no hospitals\",\"observed\":\"yes\"}' | $A channel send us --type norm-report --tlp GREEN --body - && $A channel sync && $B channel sync && $A channel sync"
ok "both desks see the same register" "$A channel norms us --json >$T/na && $B channel norms cn --json >$T/nb && grep -q '\"in force\"' $T/na && grep -q '\"observed\": 1' $T/na && [ \$(grep -v by_us $T/na | md5sum | cut -c1-32) = \$(grep -v by_us $T/nb | md5sum | cut -c1-32) ]"
ok "what was said becomes events; AMBER stays out" "$A channel record us --json | tee $T/rec | grep -q '\"added\": 3' && ! grep -q '\"withheld\": 0' $T/rec"
ok "with leave it goes in, once" "$A channel record us --include-amber --json | grep -q '\"known\": 3' && $A channel record us --include-amber --json | grep -q '\"added\": 0'"
ok "the record holds the channel as a hotline and the norm" "$A record mechanisms CN US --json | grep -q 'channel-CN-US' && $A record mechanisms CN US --json | grep -q 'no hospitals'"

ok "a notification that is agreed becomes one in the record; a broken norm an event against the trend" "echo '{\"norm\":\"notify exercises\",\"text\":\"A week ahead.\",\"mechanism\":\"notification\"}' | $B channel send cn --type norm-proposal --tlp GREEN --body - && $B channel sync && $A channel sync && echo '{\"norm\":\"notify exercises\"}' | $A channel send us --type norm-acceptance --tlp GREEN --body - && $A channel sync && $B channel sync && echo '{\"norm\":\"no hospitals\",\"observed\":\"no\"}' | $B channel send cn --type norm-report --tlp GREEN --body - && $B channel sync && $A channel sync && $A channel record us && $A record mechanisms CN US --json | grep -q 'notify exercises' && $A record mechanisms CN US | grep -q notification && $A record list CN US | grep -q 'not observed'"
ok "assessment and brief see what was said" "before=\$($PARLEY assess CN US | sed -n 's/ events of the relation.*//p'); after=\$($A assess CN US | sed -n 's/ events of the relation.*//p'); [ \$after -gt \$before ] && $A brief CN US | grep -q 'Parley channel' && $A brief CN US | grep -q 'notify exercises'"

# the register: what is void is not signed; what may not flow does not; what was withdrawn may come again
exits 3 "a norm that nobody proposed cannot be accepted" "echo '{\"norm\":\"no such\"}' | $A channel send us --type norm-acceptance --body -"
exits 3 "nor one's own" "echo '{\"norm\":\"closed\",\"text\":\"Between us.\"}' | $A channel send us --type norm-proposal --tlp RED --body - && echo '{\"norm\":\"closed\"}' | $A channel send us --type norm-acceptance --body -"
ok "a norm agreed under TLP:RED is in the register and not in the record, unless an officer says so, each time" "$A channel sync && $B channel sync && echo '{\"norm\":\"closed\"}' | $B channel send cn --type norm-acceptance --tlp RED --body - && $B channel sync && $A channel sync && $A channel norms us | grep -q 'closed.*in force' && $A channel record us && ! $A record mechanisms CN US --json | grep -q closed && ! $A brief CN US | grep -q closed && cp -a $T/cn $T/cn.open && $PARLEY --desk $T/cn.open channel record us --include-amber && $PARLEY --desk $T/cn.open record mechanisms CN US --json | grep -q closed"
ok "a norm that was withdrawn and agreed again is in force again, on both desks" "echo '{\"norm\":\"no hospitals\",\"reason\":\"r\"}' | $B channel send cn --type norm-withdrawal --tlp GREEN --body - && $B channel sync && $A channel sync && echo '{\"norm\":\"no hospitals\",\"text\":\"Nor their suppliers.\"}' | $A channel send us --type norm-proposal --tlp GREEN --body - && $A channel sync && $B channel sync && echo '{\"norm\":\"no hospitals\"}' | $B channel send cn --type norm-acceptance --tlp GREEN --body - && $B channel sync && $A channel sync && for d in \"$A channel norms us\" \"$B channel norms cn\"; do \$d | grep 'no hospitals' | sed -n 1p | grep -q withdrawn && \$d | grep 'no hospitals' | sed -n 2p | grep -q 'in force' || exit 1; done"
ok "the template says what is needed" "$PARLEY channel types incident-notification 2>&1 | grep -q 'needed: what, when, affected'"
exits 2 "no receipt is said as an answer" "$B channel reply $H --type receipt --body $T/incident.json"

# contacts and communications checks
ok "the directory: a card is co-signed by the other side's confirmation" "$A channel contacts us | grep -q 'not yet' && $B channel contacts cn --confirm && $B channel sync && $A channel sync && $A channel contacts us --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['ours']['cosigned'] and d['theirs']['confirmed'] and not d['theirs']['cosigned'] and d['ours']['contacts']==['technical CERT +86'], d\""
ok "the next confirmation is due in a year, and deadlines say so" "$A channel contacts us --json | python3 -c \"import json,sys,datetime as t; d=json.load(sys.stdin)['theirs']; a,b=[t.datetime.fromisoformat(d[k][:-1]) for k in ('confirmed','due')]; assert (b-a).days==365\" && $A channel deadlines --contacts-within 366d | grep -q 'contacts'"
ok "a communications check by one carrier, read back word for word" "C=\$($A channel comms us --check --carrier file --json | json \"['hash']\") && $A channel sync && $B channel sync && $B channel comms cn --read-back \$C --by 'J. Doe' && $B channel sync && $A channel sync && $A channel comms us --json | python3 -c \"import json,sys; d=json.load(sys.stdin)[-1]; assert d['matches'] and d['by']=='J. Doe' and d['carrier']=='file' and d['stored'], d\""
ok "read back wrongly, it is said so" "C=\$($A channel comms us --check --text 'alpha bravo' --json | json \"['hash']\") && $A channel sync && $B channel sync && $B channel comms cn --read-back \$C --by 'J. Doe' --text 'alpha beta' && $B channel sync && $A channel sync && $A channel comms us | grep -q DIFFERENT && $A channel comms us --lang zh | grep -q 逐字一致"
exits 10 "a carrier the channel does not have" "$A channel comms us --check --carrier mail"
ok "status shows both" "$A channel status us --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['contacts_confirmed'] and d['comms_checks'][0]['carrier'], d\" && $A channel status us | grep -q 'comms check'"

# evidence
ok "evidence that they got it" "$A channel evidence us --seq 1 --disclose -o $T/proof --json | grep -q got-it && $PARLEY channel evidence --check $T/proof"
ok "the check's result as JSON" "$PARLEY channel evidence --check $T/proof --json | python3 -c \"import json,sys; d=json.load(sys.stdin); assert d['proven'] and 'got-it' in d['report'][0], d\""
ok "the independent verifier agrees" "$PARLEY_SOURCE/tools/verify-bundle $T/proof"
exits 5 "a changed bundle is refused" "cp -r $T/proof $T/forged && python3 -c \"p='$T/forged/statements/1.bin'; b=bytearray(open(p,'rb').read()); b[250]^=1; open(p,'wb').write(b)\" && $PARLEY channel evidence --check $T/forged"
ok "and by the independent verifier" "! $PARLEY_SOURCE/tools/verify-bundle $T/forged"
exits 10 "no proof of an equivocation that was not" "$A channel evidence us --seq 1 --theirs --claim equivocation -o $T/none"

# tampering with the database is named, and nothing is signed while somebody looks
while IFS='|' read -r named what; do
    rm -rf $T/bad && cp -a $T/cn $T/bad
    rows=$(python3 -c "import sqlite3,sys; c=sqlite3.connect('$T/bad/channel.db'); n=c.execute(sys.argv[1]).rowcount; c.commit(); print(n, c.execute('SELECT count(*) FROM statement').fetchone()[0])" "$(echo "$what" | tr '!' '|')")
    ok "named '$named': $(echo "$what" | cut -c1-60)" "$PARLEY --desk $T/bad channel verify us --json >$T/verdict; [ \$? = 5 ] && [ '${rows%% *}' != 0 ] && grep -q 'first_bad.*$named' $T/verdict && [ ${rows##* } = \$(python3 -c \"import sqlite3; print(sqlite3.connect('$T/bad/channel.db').execute('SELECT count(*) FROM statement').fetchone()[0])\") ]"
done <<'END'
their statement 2 of epoch 1|UPDATE statement SET bytes = CAST(substr(bytes, 1, 100) !! x'00' !! substr(bytes, 102) AS BLOB) WHERE ours = 0 AND epoch = 1 AND seq = 2
their statement 3 of epoch 1: its body|UPDATE statement SET sealed = CAST(substr(sealed, 1, 60) !! x'00' !! substr(sealed, 62) AS BLOB) WHERE ours = 0 AND epoch = 1 AND seq = 3
our statement 1 of epoch 1: its body|UPDATE statement SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE ours = 1 AND epoch = 1 AND seq = 1
missing|DELETE FROM statement WHERE ours = 1 AND epoch = 1 AND seq = 1
their statement 1 of epoch 1: it is missing|DELETE FROM statement WHERE ours = 0 AND epoch = 1 AND seq = 1
missing|DELETE FROM statement WHERE rowid = (SELECT rowid FROM statement WHERE ours = 0 ORDER BY epoch DESC, seq DESC LIMIT 1)
missing here|DELETE FROM statement WHERE rowid = (SELECT rowid FROM statement WHERE ours = 1 ORDER BY epoch DESC, seq DESC LIMIT 1)
ours before it are missing|UPDATE statement SET seq = 9999 WHERE ours = 1 AND epoch = 1 AND seq = 1
their statement 1 of epoch 1: it stands under another|UPDATE statement SET bytes = (SELECT bytes FROM statement WHERE ours = 0 AND epoch = 1 AND seq = 2) WHERE ours = 0 AND epoch = 1 AND seq = 1
its hash|UPDATE statement SET hash = randomblob(32) WHERE ours = 0 AND epoch = 1 AND seq = 1
receipt that is noted|UPDATE statement SET by_seq = 1, by_epoch = 1 WHERE rowid = (SELECT rowid FROM statement WHERE ours = 1 AND by_seq > 1 ORDER BY epoch DESC, seq DESC LIMIT 1)
as a receipt|UPDATE statement SET by_seq = 9999 WHERE ours = 1 AND by_seq > 0
checkpoint of|UPDATE checkpoint SET root = randomblob(32)
checkpoint of|UPDATE checkpoint SET note = replace(note, 'A', 'B')
another party|UPDATE peer SET party = randomblob(32) WHERE name = 'us'
marked for equivocation|UPDATE peer SET equivocated = 1 WHERE name = 'us'
sealing key|UPDATE direction SET key = randomblob(length(key))
root signatures|UPDATE peer_card SET note = replace(note, 'party ', 'party X')
END

# two of three roots
K="$PARLEY --desk $T/k3"
ok "three root secrets" "$K init && $K desk keys --party K3 --roots 2-of-3 && $K desk card | grep -c ^root | grep -q 3 && $K desk card | grep -q 'threshold 2' && [ \$($K desk card | grep -c '^— K3') = 2 ] && ls $T/k3/keys/root.key.1 $T/k3/keys/root.key.3"
mkdir -p $T/safe && mv $T/k3/keys/root.key.1 $T/k3/keys/root.key.2 $T/k3/keys/root.key.3 $T/safe/
exits 16 "one of them signs nothing" "$K desk rotate --root $T/safe/root.key.2"
exits 16 "nor one of them twice" "$K desk rotate --root $T/safe/root.key.2,$T/safe/root.key.2"
exits 16 "nor none" "$K desk rotate"
ok "any two do" "$K desk rotate --root $T/safe/root.key.3,$T/safe/root.key.1 && $K desk card | grep -q 'epoch 2'"
exits 5 "a foreign one does not" "$K desk rotate --root $T/safe/root.key.3,$T/cn/keys/root.key"

# a passphrase
printf 'correct horse battery staple\n' >$T/pass && chmod 600 $T/pass
printf 'wrong horse battery staple\n' >$T/wrong && chmod 600 $T/wrong
ok "a desk under a passphrase" "$PARLEY --desk $T/pp init && $PARLEY --desk $T/pp desk keys --party PP --passphrase-file $T/pass && $PARLEY --desk $T/pp desk card --passphrase-file $T/pass | grep -q 'party PP'"
exits 5 "a wrong passphrase" "$PARLEY --desk $T/pp desk card --passphrase-file $T/wrong"
exits 16 "no passphrase" "$PARLEY --desk $T/pp desk card"
chmod 755 $T/pp
exits 16 "a desk that others may read is refused" "$PARLEY --desk $T/pp desk card --passphrase-file $T/pass"
chmod 644 $T/psk
exits 16 "a key that others may read is refused" "$A desk ceremony --card $T/us.card --psk $T/psk"
finish

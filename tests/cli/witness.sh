#!/bin/sh
# A neutral witness between two real desks: asked by file, answered by file, kept, shown, passed on, put into evidence; and what it refuses.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/cn"
B="$PARLEY --desk $T/us"
V=$PARLEY_SOURCE/tools
json() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" | head -1; } # the first value of that name
say() { echo "{\"text\":\"$2\"}" | eval "$1 channel send $3 --type comms-check --tlp GREEN --body -"; }
rounds() { for i in 1 2 3; do $A channel sync --quiet && $B channel sync --quiet; done; }

ok "two desks" "$A init && $B init && $A desk keys --party CN && $B desk keys --party US && $A desk card -o $T/cn.card && $B desk card -o $T/us.card && $PARLEY desk ceremony --new-psk $T/psk"
W=$($A desk ceremony --card $T/us.card --psk $T/psk --json | json english)
ok "enrolled" "$A desk enrol us --card $T/us.card --psk $T/psk --words '$W' --spool $T/spool && $B desk enrol cn --card $T/cn.card --psk $T/psk --words '$W' --spool $T/spool"
ok "said and heard" "say '$A' one us && say '$A' two us && say '$A' three us && rounds"

# the witness, who has only a folder
ok "a witness" "$PARLEY witness keys --name witness.example.org --folder $T/w --json | json key >$T/vkey && $PARLEY witness list --folder $T/w | grep -qF \$(cat $T/vkey)"
K=$(cat $T/vkey)
ok "both desks write it down" "$A desk witness '$K' | grep -q witness.example.org && $B desk witness '$K' && $A desk witness --json | json key | grep -qF '$K'"
exits 16 "not twice" "$A desk witness '$K'"
exits 2 "no key of an author" "$A desk witness \$($A channel checkpoint us -o $T/r --json | json author)"
exits 10 "no one who is not there" "$A desk witness --forget nobody.example.org"

# asked and answered
ok "a request" "$A channel checkpoint us -o $T/r1 --json >$T/j && [ \$(json size <$T/j) = 3 ] && [ \$(json from <$T/j) = 0 ] && head -1 $T/r1 | grep -qx 'old 0'"
AK=$(json author <$T/j)
ok "the text says what to type" "$A channel checkpoint us -o $T/r1 | grep -qF 'witness cosign $T/r1 --folder DIR -o cosigned.note --author $AK'"
exits 10 "a record that nobody named is unknown" "$PARLEY witness cosign $T/r1 --folder $T/w -o $T/c1"
ok "cosigned" "$PARLEY witness cosign $T/r1 --folder $T/w --author '$AK' -o $T/c1 && $PARLEY witness list --folder $T/w --json | json size | grep -qx 3"
ok "the witness saw and keeps a root only" "[ \$(ls $T/w | wc -l) = 3 ] && ! grep -rq 'one\|two\|three\|us.card' $T/w $T/r1 && [ \$(wc -l <$T/w/records) = 2 ]"
ok "any note verifier with that key checks it" "$V/verify-note '$K' <$T/c1 | grep -q ^parley/"
ok "taken in" "$A channel checkpoint us --cosigned $T/c1 --json | json cosignatures | grep -qx 1"
ok "and again" "$A channel checkpoint us --cosigned $T/c1"
ok "shown" "$A channel checkpoint us | grep 'ours .* 3 .*witness.example.org' && $A --lang zh channel checkpoint us | grep 我方 && $A channel status us | grep 'our record is witnessed up to number 3' && $A channel status us --json | grep -A 5 witnessed | grep witness.example.org"
ok "it goes to the peer with what is said next" "say '$A' four us && rounds && $B channel status cn --json | json size | grep -qx 3"
ok "verified" "$A channel verify us && $B channel verify cn"

# evidence
ok "evidence names the witness" "$A channel evidence us --seq 2 --claim said-it -o $T/e && $PARLEY channel evidence --check $T/e | grep 'witnessed: the checkpoint of 3 statements.*witness.example.org'"
ok "checked without Parley, with the witness's key from elsewhere" "$V/verify-bundle $T/e '$K' | grep -q ^witnessed"
ok "another witness's key is not among them" "$PARLEY witness keys --name w2.example.net --folder $T/w2 --json | json key >$T/vkey2 && ! $V/verify-bundle $T/e \$(cat $T/vkey2)"
ok "the peer shows it to a third party, too" "$B channel evidence cn --theirs --seq 1 --claim said-it -o $T/e2 && $PARLEY channel evidence --check $T/e2 | grep -q ^witnessed && $V/verify-bundle $T/e2 '$K'"
ok "every altered bundle is refused by both verifiers" "FORGE_ONLY='^witnesses.1|claim witnesses|tlog cut' python3 $PARLEY_SOURCE/tests/cli/forge_bundles.py ${PARLEY##* } $V/verify-bundle $T $T/e"

# on from there
ok "the next request begins where the witness stands" "say '$A' five us && rounds && $A channel checkpoint us -o $T/r2 && head -1 $T/r2 | grep -qx 'old 3' && $PARLEY witness cosign $T/r2 --folder $T/w -o $T/c2"
ok "a witness's lines alone, as it answers over HTTP" "tail -1 $T/c2 >$T/lines && $A channel checkpoint us --cosigned $T/lines --json | json size | grep -qx 5"
ok "the peer has its own word witnessed, and we the peer's" "say '$B' six cn && rounds && $A channel checkpoint us --theirs -o $T/r3 --json >$T/j && $PARLEY witness cosign $T/r3 --folder $T/w -o $T/c3 --author \$(json author <$T/j) && $A channel checkpoint us --cosigned $T/c3 && $B channel checkpoint cn --cosigned $T/c3 && $B channel status cn | grep 'our record is witnessed'"

# refused by the witness
exits 16 "the same request again: the witness is further on" "$PARLEY witness cosign $T/r1 --folder $T/w -o $T/none"
ok "which says where it stands" "$PARLEY witness cosign $T/r1 --folder $T/w -o $T/none 2>&1 | grep -q 'cosigned 5 statements'"
sed '2s/^./0/' $T/r2 >$T/forged
exits 16 "a request from behind" "sed 's/^old 3/old 0/; 2,/^\$/{/=\$/d}' $T/r2 >$T/behind; $PARLEY witness cosign $T/behind --folder $T/w -o $T/none"
ok "a second witness, who has seen the first three" "$A channel checkpoint us -o $T/x --from 0 --json >/dev/null; $PARLEY witness cosign $T/r1 --folder $T/w2 --author '$AK' -o $T/c4"
exits 5 "a forged proof" "$PARLEY witness cosign $T/forged --folder $T/w2 -o $T/none"
for file in /dev/null $T/c1 $T/cn.card $T/psk ${PARLEY##* }; do exits 1 "no request: ${file##*/}" "$PARLEY witness cosign $file --folder $T/w -o $T/none; [ \$? -ge 8 ] && [ \$? -le 9 ]; [ ! -e $T/none ] && exit 1"; done
exits 10 "no witness there" "$PARLEY witness cosign $T/r2 --folder $T/spool -o $T/none"

# a copy of the desk rewrites what was said after the copy; the witness has seen the first history
ok "a rewritten record" "cp -a $T/cn $T/cn2 && cp -a $T/state $T/state2 && say '$A' seven us && rounds && $A channel checkpoint us -o $T/r4 && $PARLEY witness cosign $T/r4 --folder $T/w -o $T/c5 && $A channel checkpoint us --cosigned $T/c5"
C="PARLEY_STATE=$T/state2 $PARLEY --desk $T/cn2"
ok "says something else under the same number" "say '$C' 'not seven' us && eval '$C channel checkpoint us -o $T/r5' && head -1 $T/r5 | grep -qx 'old 5'"
exits 16 "the witness stands further on" "$PARLEY witness cosign $T/r5 --folder $T/w -o $T/none"
N=$(grep -F "$AK" $T/w/records | cut -d ' ' -f 3)
ok "and asks again from there" "say '$C' eight us && say '$C' nine us && eval '$C channel checkpoint us --from $N -o $T/r6'"
exits 5 "refused: this is another record" "$PARLEY witness cosign $T/r6 --folder $T/w -o $T/none"
ok "nothing was handed out, nothing moved" "[ ! -e $T/none ] && grep -F '$AK' $T/w/records | grep -q ' $N '"
exits 5 "the desk that rewrites cannot take the true cosignature in" "eval '$C channel checkpoint us --cosigned $T/c5'"
exits 5 "the peer takes its checkpoint as proof" "sed '1,/^\$/d' $T/r5 >$T/n5; $B channel checkpoint cn --cosigned $T/n5"
ok "from which evidence is made" "$B channel evidence cn --claim rewritten -o $T/rewritten && $V/verify-bundle $T/rewritten"

# refused by the desk
exits 5 "a cosignature with a flipped bit" "sed '\$s/.\(....\)\$/A\1/' $T/c1 >$T/bad; cmp -s $T/bad $T/c1 && sed '\$s/.\(....\)\$/B\1/' $T/c1 >$T/bad; $A channel checkpoint us --cosigned $T/bad"
exits 10 "of a witness that is not written down" "$A channel checkpoint us --cosigned $T/c4"
exits 10 "lines of nobody" "tail -1 $T/c4 >$T/lines; $A channel checkpoint us --cosigned $T/lines"
exits 8 "rubbish" "$A channel checkpoint us --cosigned $T/cn.card"
exits 5 "a cosignature altered on the disk is found" "cp -a $T/cn $T/cn3 && python3 -c \"
import sqlite3; d = sqlite3.connect('$T/cn3/channel.db'); s, = d.execute('SELECT signature FROM cosignature').fetchone()
d.execute('UPDATE cosignature SET signature = ? WHERE signature = ?', (s[:70] + bytes([s[70] ^ 1]) + s[71:], s)); d.commit()\" && $PARLEY --desk $T/cn3 channel verify us"
ok "a witness that is forgotten goes into no bundle" "$A desk witness --forget witness.example.org && $A channel evidence us --seq 1 --claim said-it -o $T/e3 && [ ! -e $T/e3/witnesses ] && $PARLEY channel evidence --check $T/e3"

ok "a second implementation of the witness judges the vectors alike" "python3 $PARLEY_SOURCE/tests/cli/judge_witness.py $V/verify-bundle $PARLEY_SOURCE/tests/vectors/channel/witness.json"
cat $T/.log 2>/dev/null | sed 's/^/# /'
finish

#!/bin/sh
# The mail carrier from end to end: two desks, the postman, and a mail system that adds headers, changes line ends and wrapping, appends
# footers, loses and doubles messages; and a Maildir where strangers write, too.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
A="$PARLEY --desk $T/a"
B="$PARLEY --desk $T/b"
json() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
for d in a b; do
    $PARLEY --desk $T/$d init >/dev/null
    $PARLEY --desk $T/$d desk keys --party $d >/dev/null
    $PARLEY --desk $T/$d desk card -o $T/$d.card
done
$PARLEY desk ceremony --new-psk $T/psk
words=$($A desk ceremony --card $T/b.card --psk $T/psk --json | json "['english']")
$A desk enrol b --card $T/b.card --psk $T/psk --words "$words" --mail-out $T/out.a --mail-in $T/in.a >/dev/null
$B desk enrol a --card $T/a.card --psk $T/psk --words "$words" --mail-out $T/out.b --mail-in $T/in.b >/dev/null
mkdir -p $T/in.a/tmp $T/in.a/new $T/in.a/cur $T/in.b/tmp $T/in.b/new $T/in.b/cur

# a mail system: sendmail -i -f FROM TO <message
cat >$T/sendmail <<'END'
#!/usr/bin/env python3
import os, re, sys, time
folder = os.path.join(os.path.dirname(sys.argv[0]), "in." + sys.argv[-1].split("@")[0])
count = os.path.join(os.path.dirname(sys.argv[0]), "count")
n = int(open(count).read()) if os.path.exists(count) else 0
open(count, "w").write(str(n + 1))
if os.environ.get("DOWN"):
    sys.exit(75)
message = sys.stdin.read()
head, body = message.split("\n\n", 1)
head = "Received: from localhost by mail.invalid; Sat, 21 Nov 2026 10:00:00 +0000\nReturn-Path: <" + sys.argv[3] + ">\n" + head + "\nTo: " + sys.argv[-1]
if n % 3 == 1:  # another system wraps at 60 and folds headers
    body = re.sub(r"(?m)^[A-Za-z0-9+/]{76}$", lambda m: m[0][:60] + "\n" + m[0][60:], body)
    body = body.replace("Content-Type: application/vnd.parley.unit", "Content-Type: Application/vnd.parley.unit;\n\tname=\"parley.unit\"")
if n % 3 == 2:
    body += "\n-- \nThis message was checked.\n"
text = head + "\n\n" + body
if n % 2:
    text = text.replace("\n", "\r\n")
for copy in range(0 if n == 0 else 2 if n == 4 else 1):  # the first is lost, the fifth comes twice
    name = "%d.%d.%d" % (time.time_ns(), os.getpid(), copy)
    with open(folder + "/tmp/" + name, "w", newline="") as f:
        f.write(text)
    os.rename(folder + "/tmp/" + name, folder + "/new/" + name)
END
chmod +x $T/sendmail
post() { SENDMAIL=$T/sendmail "$PARLEY_SOURCE/examples/postman.sh" $T/out.a a@mail.invalid b@mail.invalid && SENDMAIL=$T/sendmail "$PARLEY_SOURCE/examples/postman.sh" $T/out.b b@mail.invalid a@mail.invalid; }
round() { $A channel sync --quiet >/dev/null; post; $B channel sync --quiet >/dev/null; post; $A channel sync --quiet >/dev/null; }
say() { python3 -c "print('{\"text\": \"%s\"}' % ('$1' * $2))" | $A channel send b --type comms-check --body - >/dev/null 2>&1; }
outstanding() { $A channel status b --json | json "['outstanding']"; }

say x 10
$A channel sync --quiet >/dev/null
exits 75 "a mail system that is down keeps nothing:" "DOWN=1 post"
ok "the message stays with the postman" "[ \$(ls $T/out.a/new | wc -l) -ge 1 ]"
rm -f $T/count
ok "the first message is lost in the mail" "post && [ \$(ls $T/in.b/new | wc -l) = 0 ] && [ \$(outstanding) = 1 ]"
for i in 1 2 3 4 5 6; do say "y$i" 20; round; done
say z 200000
for i in 1 2 3; do round; done
ok "headers, line ends, wrapping, footers, doubles: everything arrives and is receipted" "[ \$(outstanding) = 0 ]"
ok "once" "[ \$($B channel inbox --json | grep -c '\"hash\"') = 8 ]"
ok "no message is left in the way" "[ \$(ls $T/in.b/new | wc -l) = 0 ] && [ \$(ls $T/in.b/cur | wc -l) -ge 8 ]"
ok "messages show no content" "! grep -rq 'y1y1y1y1\|zzzzzzzzzz' $T/out.a $T/in.b"

# strangers write to the same address
printf 'From: someone\nSubject: lunch?\n\nAt noon.\n' >$T/in.b/new/1.lunch
printf 'Content-Type: application/vnd.parley.unit\nContent-Transfer-Encoding: base64\n\n!!!! no base64 !!!!\n' >$T/in.b/new/2.bad
python3 -c "
import base64
print('Content-Type: application/vnd.parley.unit\n\n' + base64.b64encode(b'PLYU\x01\x01' + bytes(1200)).decode())" >$T/in.b/new/3.forged
head -c 3000000 /dev/zero >$T/in.b/new/4.huge
ln -s /etc/passwd $T/in.b/new/5.link
mkfifo $T/in.b/new/6.fifo
say w 10
ok "among strangers' mail, a link, a pipe and three megabytes the statement arrives" "timeout 60 sh -c '$A channel sync --quiet' && post && timeout 60 $B channel sync 2>$T/b.log && post && $A channel sync --quiet && [ \$(outstanding) = 0 ]"
ok "a forged unit leaves a line" "grep -q 'event=unit-refused' $T/b.log"
ok "a stranger's mail stays where it is" "[ -e $T/in.b/new/1.lunch ]"
ok "both records verify" "$A channel verify b && $B channel verify a"
finish

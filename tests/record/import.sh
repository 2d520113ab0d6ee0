#!/bin/sh
# record import and its kin, as a person uses them: the contract, and every kind of bad input.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
H=event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source
fresh() { rm -rf "$T/d"; $PARLEY --desk "$T/d" init >/dev/null; }
imp() { $PARLEY --desk "$T/d" record import "$@"; }
# whole FILE: nothing of FILE is in the desk
empty() { [ "$($PARLEY --desk "$T/d" record export | wc -l)" = 1 ] && $PARLEY --desk "$T/d" record check --json | grep -q '"sound": true'; }
export T

cat >"$T/good.csv" <<EOF
source,what,intensity,domain,kind,target,actor,precision,date_end,date_start,event_id,colour,date_public
wang,"a ""quoted"", text",-4,diplomacy,accusation,US,China,day,,2014-05-19,A1,red,2014-06
wang,"two
lines",3.5,crime,dialogue,CN;美国,CN;US,month,2014-07,2014-05,A2,,
lu,=1+2,,military,statement,WORLD,FIRM:Acme,year,,2014,A3,'+x,
lu,another count,-4,diplomacy,accusation,US,CN,day,,2014-05-20,A1,,
EOF
fresh
ok "columns in any order, names and codes, a new firm" "imp '$T/good.csv' --json | tr -d ' \n' | grep -q '\"read\":4,\"added\":4,\"duplicate\":0,\"rejected\":0,.*\"rejects\":\[\]'"
ok "the same import twice adds nothing" "imp '$T/good.csv' --json | tr -d ' \n' | grep -q '\"read\":4,\"added\":0,\"duplicate\":4,\"rejected\":0'"
ok "rows with one event_id are competing reports" "$PARLEY --desk '$T/d' record show A1 --json | grep -c event_id | grep -qx 2"
$PARLEY --desk "$T/d" record export -o "$T/1.csv" 2>/dev/null
ok "further columns are kept" "head -1 '$T/1.csv' | grep -q ',note,colour$' && grep -q red '$T/1.csv'"
ok "formulas are guarded in CSV" "grep -q \"'=1+2\" '$T/1.csv' && grep -q \"''+x\" '$T/1.csv' || grep -q \"'+x\" '$T/1.csv'"
ok "but not in JSON" "$PARLEY --desk '$T/d' record export --format jsonl | grep -q '\"what\":\"=1+2\"'"
for form in csv jsonl; do
    $PARLEY --desk "$T/d" record export --format $form -o "$T/1.$form" 2>/dev/null
    rm -rf "$T/e"; $PARLEY --desk "$T/e" init >/dev/null; $PARLEY --desk "$T/e" record import "$T/1.$form" --format $form >/dev/null
    ok "$form goes round through a new desk unchanged" "$PARLEY --desk '$T/e' record export --format $form | cmp - '$T/1.$form'"
done
ok "a Chinese text in the further column what_zh is shown, in Chinese only" "$PARLEY --desk '$T/d' record export | sed '1s/colour/what_zh/; s/,red$/,红/' >'$T/zh.csv' && rm -rf '$T/e' && $PARLEY --desk '$T/e' init && $PARLEY --desk '$T/e' record import '$T/zh.csv' && $PARLEY --desk '$T/e' record list --lang zh | grep -q '红' && ! $PARLEY --desk '$T/e' record list | grep -q '红'"
ok "a selection goes round too" "$PARLEY --desk '$T/d' record export CN US --from 2014-05-15 --to 2014-05-19 -o '$T/f.csv' && grep -c ^A '$T/f.csv' | grep -qx 3 && ! grep -q A3 '$T/f.csv' && rm -rf '$T/e' && $PARLEY --desk '$T/e' init && $PARLEY --desk '$T/e' record import '$T/f.csv' && $PARLEY --desk '$T/e' record export | cmp - '$T/f.csv'"
ok "and so does the shipped record" "$PARLEY record export -o '$T/s.csv' && rm -rf '$T/e' && $PARLEY --desk '$T/e' init && $PARLEY --desk '$T/e' record import '$T/s.csv' && $PARLEY --desk '$T/e' record export | cmp - '$T/s.csv'"
ok "undo takes back, the import can be repeated" "$PARLEY --desk '$T/d' record undo 1 && empty && imp '$T/good.csv' --json | grep -q '\"added\": 4'"
exits 3 "undo twice" "$PARLEY --desk '$T/d' record undo 1"
exits 10 "undo of what is not there" "$PARLEY --desk '$T/d' record undo 77"
fresh
iconv -f utf-8 -t gb18030 "$T/good.csv" >"$T/gb.csv"
ok "--encoding gb18030" "imp '$T/gb.csv' --encoding gb18030 --json | grep -q '\"added\": 4'"
printf '\357\273\277%s\r\nB1,2015,,year,CN,US,statement,crime,1,x,y\r\n' "$H" >"$T/bom.csv"
ok "a byte order mark and CRLF" "imp '$T/bom.csv' --json | grep -q '\"added\": 1'"
ok "standard input" "sed s/B1/B2/ '$T/bom.csv' | imp - --json | grep -q '\"added\": 1'"

# --- rows that are rejected, the others added
fresh
cat >"$T/bad.csv" <<EOF
$H
G1,2014-02-28,,day,CN,US,statement,crime,1,good,s
B1,2014-02-30,,day,CN,US,statement,crime,1,no such day,s
B2,2014,,year,Atlantis,US,statement,crime,1,unknown actor,s
B3,2014,,year,CN,US,statement,crime,11,too cooperative,s
B4,2014,,year,CN,US,statement,crim,1,unknown domain,s
B5,2014,,day,CN,US,statement,crime,1,finer than the date,s
B6,2015,2014,year,CN,US,statement,crime,1,ends before it begins,s
B7,2014,,year,CN,US,statement,crime,1,one field too many,s,
B8,2014,,year,CN,,statement,crime,1,no target,s
B9,2014,,year,CN,US,statement,crime,much,no number,s
EOF
imp "$T/bad.csv" --json --rejects "$T/rejects.csv" >"$T/bad.json"
ok "good rows are added, bad ones counted" "tr -d ' \n' <'$T/bad.json' | grep -q '\"read\":10,\"added\":1,\"duplicate\":0,\"rejected\":9'"
while IFS='|' read -r line column reason; do
    ok "line $line, $column: $reason" "tr -d '\n' <'$T/bad.json' | grep -q '\"line\": $line, *\"column\": \"$column\", *\"reason\": \"[^\"]*$reason'"
done <<EOF
3|date_start|2014-02-30
4|actor|unknown actor .Atlantis.
5|intensity|11 is outside -10
6|domain|did you mean crime
7|precision|finer than the date
8|date_end|before it begins
9||12 fields where the first row has 11
10|target|nobody is named
11|intensity|expected a number
EOF
ok "the rejects file has them all with their rows" "[ \$(wc -l <'$T/rejects.csv') = 10 ] && grep -q '^3,date_start,.*B1,2014-02-30' '$T/rejects.csv'"
ok "most rows rejected: exit code 0, and a remark" "fresh; imp '$T/bad.csv' | grep -q 'Most rows were rejected'"
ok "mended rows can be imported again" "sed 's/2014-02-30/2014-02-27/' '$T/bad.csv' | imp - --json | tr -d ' \n' | grep -q '\"added\":1,\"duplicate\":1,\"rejected\":8'"
fresh
exits 3 "--strict: one bad row and nothing is added" "imp '$T/bad.csv' --strict"
ok "nothing was" empty
exits 3 "every row rejected fails" "(echo $H; echo B1,2014-02-30,,day,CN,US,statement,crime,1,x,s) | imp - --json"
printf '%s\nU1,2015,,year,CN,US,statement,crime,1,\377\376 broken,s\nU2,2015,,year,CN,US,statement,crime,1,fine,s\n' "$H" >"$T/utf.csv"
ok "broken UTF-8 is rejected with a hint" "imp '$T/utf.csv' --json | tr -d '\n' | grep -q '\"rejected\": 1,.*\"line\": 2, *\"column\": \"what\", *\"reason\": \"[^\"]*gb18030'"

# --- rows without an id, and checks
cat >"$T/noid.csv" <<EOF
$H
,2015,,year,FIRM:Second,US,statement,crime,1,said,s
,2015,,year,FIRM:First,US,statement,crime,1,said,s
,2015,,year,FIRM:Second,US,statement,crime,1,said,s
EOF
fresh
ok "--check without a desk: new actors are fine, nothing is written" "HOME='$T/nohome' $PARLEY record import --check '$T/noid.csv' --json | tr -d ' \n' | grep -q '\"read\":3,\"added\":3,\"duplicate\":0,\"rejected\":0'"
ok "--check of a desk writes nothing either" "imp --check '$T/noid.csv' | grep -q '3 new' && empty && ! $PARLEY --desk '$T/d' record actors FIRM:First"
ok "rows without an event_id get one from what they say; the same row is the same event" "imp '$T/noid.csv' --json | tr -d ' \n' | grep -q '\"added\":2,\"duplicate\":1' && imp '$T/noid.csv' --json | tr -d ' \n' | grep -q '\"added\":0,\"duplicate\":3'"
ok "--check sees what is there already" "imp --check '$T/noid.csv' --json | tr -d ' \n' | grep -q '\"added\":0,\"duplicate\":3'"
# Past the first few rows a filter says which events cannot be there: it must never say so of one that is.
many() { echo 'event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source'; seq 1 "$1" | sed 's/.*/M&,2014-05-19,,day,US,CN,accusation,espionage,-2,text &,s/'; }
ok "many events that are there already are all found, and those of the file itself" "$PARLEY --desk '$T/many' init && many 3000 >'$T/m.csv' && { cat '$T/m.csv'; tail -1500 '$T/m.csv'; } |
    $PARLEY --desk '$T/many' record import - --json | tr -d ' \n' | grep -q '\"read\":4500,\"added\":3000,\"duplicate\":1500' &&
    { many 3003; } | $PARLEY --desk '$T/many' record import --check - --json | tr -d ' \n' | grep -q '\"added\":3,\"duplicate\":3000' &&
    many 3003 | sed 's/text 2999/told otherwise/' | $PARLEY --desk '$T/many' record import - --json | tr -d ' \n' | grep -q '\"added\":4,\"duplicate\":2999' &&
    $PARLEY --desk '$T/many' record check --json | grep -q '\"sound\": true'"
$PARLEY --desk "$T/d" record export -o "$T/ids.csv" 2>/dev/null
ok "the id is the same in another desk, though its actors are numbered otherwise" "rm -rf '$T/e' && $PARLEY --desk '$T/e' init && (echo $H; sed -n 3p '$T/noid.csv'; sed -n 2p '$T/noid.csv') | $PARLEY --desk '$T/e' record import - && $PARLEY --desk '$T/e' record export | cmp - '$T/ids.csv'"

# --- files that are refused whole
fresh
exits 10 "a file that is not there" "imp '$T/nosuch.csv'"
mkdir "$T/folder"
exits 7 "a folder" "imp '$T/folder'"
if [ "$(id -u)" != 0 ]; then
    cp "$T/good.csv" "$T/secret.csv"; chmod 0 "$T/secret.csv"
    exits 7 "an unreadable file" "imp '$T/secret.csv'"
fi
: >"$T/nothing.csv"
exits 8 "an empty file" "imp '$T/nothing.csv'"
printf 'a,b,c\n1,2,3\n' >"$T/wrong.csv"
exits 8 "wrong columns, any format" "imp '$T/wrong.csv'"
ok "it says what it found" "imp '$T/wrong.csv' 2>&1 | grep -q 'a,b,c'"
ok "wrong columns, our format: names the missing one" "sed 1s/intensity/intensty/ '$T/good.csv' | imp - --format csv 2>&1 | grep -q \"no column 'intensity'; is 'intensty' meant\""
exits 2 "an unknown format" "imp '$T/good.csv' --format nosuch"
ok "a cut file is refused whole" "imp - --json <<EOF 2>&1 | grep -q 'ends inside a quoted field'
$H
C1,2015,,year,CN,US,statement,crime,1,fine,s
C2,2015,,year,CN,US,statement,crime,1,\"cut he
EOF
empty"
LIMIT='ulimit -v 3000000' # kB; AddressSanitizer reserves more than that before it begins
grep -q __asan_init "$PARLEY" && LIMIT=:
LIMIT="ulimit -v 3000000;" # a sanitizer needs more address space than that to start
(eval "$LIMIT"; $PARLEY version) >/dev/null 2>&1 || LIMIT=
ok "a line of 5 GB is refused quickly in little memory" "truncate -s 5G '$T/long.csv' && printf '%s\n' $H | dd of='$T/long.csv' conv=notrunc 2>/dev/null && ($LIMIT 2>/dev/null; imp '$T/long.csv' 2>&1) | grep -q 'longer than 16 MiB' && rm '$T/long.csv'"
ok "also from a pipe" "(echo $H; yes 'x,' | tr -d '\n' | head -c 40000000) | imp - 2>&1 | grep -q 'longer than 16 MiB\|4096 fields'"
ok "nothing of all that is in the desk" empty

# --- the desk
exits 10 "no desk" "$PARLEY --desk '$T/none' record import '$T/good.csv'"
exits 2 "a second init" "$PARLEY --desk '$T/d' init"
ok "backup, and the copy is a desk" "mkdir '$T/b' && imp '$T/good.csv' && $PARLEY --desk '$T/d' backup '$T/b/desk.db' && $PARLEY --desk '$T/b' record export | cmp - '$T/1.csv'"
exits 2 "a backup never overwrites" "$PARLEY --desk '$T/d' backup '$T/b/desk.db'"
head -c 5000 /dev/zero | tr '\0' x >"$T/b/desk.db"
exits 13 "a desk that is no database" "$PARLEY --desk '$T/b' record list"
cp "$T/d/desk.db" "$T/b/desk.db"
dd if=/dev/zero of="$T/b/desk.db" bs=4096 seek=3 count=40 conv=notrunc 2>/dev/null
exits 13 "a corrupted desk" "$PARLEY --desk '$T/b' record check"
fresh
printf '.timeout 0\nBEGIN IMMEDIATE;\n.shell sleep 7\n' >"$T/lock.sql"
if command -v sqlite3 >/dev/null; then
    sqlite3 "$T/d/desk.db" <"$T/lock.sql" &
    sleep 0.3
    exits 11 "a locked desk says so" "imp '$T/good.csv'"
    wait
fi
python3 - >"$T/big.csv" <<EOF
print('$H')
for i in range(15000): print(f'F{i},2015-01-01,,day,CN,US,statement,crime,1,some words to fill the page {i},s')
EOF
for limit in 40 200 2000 5000; do # blocks of 512 bytes: in the index of the WAL, among the rows, at the commit
    ok "no room for a file of more than $limit blocks: exit code 12, and nothing of the import is left" "(ulimit -f $limit; imp '$T/big.csv'); [ \$? = 12 ] && empty"
done
cat >"$T/interrupt.py" <<'EOF'
import os, signal, subprocess, sys, time
p = subprocess.Popen([os.environ["PARLEY"], "--desk", sys.argv[1], "record", "import", "-"], stdin=subprocess.PIPE)
p.stdin.write(open(sys.argv[2], "rb").read())
p.stdin.flush()
time.sleep(0.3)
p.send_signal(signal.SIGINT)
for i in range(40):
    try:
        p.stdin.write(b"x\n" * 2048)
        p.stdin.flush()
    except BrokenPipeError:
        break
    time.sleep(0.02)
try:
    p.stdin.close()
except BrokenPipeError:
    pass
sys.exit(p.wait())
EOF
exits 130 "Ctrl-C in the middle of an import" "python3 '$T/interrupt.py' '$T/d' '$T/big.csv'"
ok "left nothing" empty
cat >"$T/idle.py" <<'EOF'
import os, signal, subprocess, sys, time
ours, theirs = os.pipe()
os.write(theirs, sys.argv[2].encode())
p = subprocess.Popen([os.environ["PARLEY"], "--desk", sys.argv[1], "record", "import", *sys.argv[3:]], stdin=ours, stderr=subprocess.PIPE)
time.sleep(0.3)
p.send_signal(signal.SIGINT) # once
_, said = p.communicate(timeout=10)
sys.exit(p.returncode if b"interrupted" in said else 1)
EOF
exits 130 "one Ctrl-C while nothing comes in" "python3 '$T/idle.py' '$T/d' '' -"
exits 130 "... and after a header" "python3 '$T/idle.py' '$T/d' '$H
' - --format csv"
mkfifo "$T/nobody"
exits 130 "... and while nobody writes to a pipe" "python3 '$T/idle.py' '$T/d' '' '$T/nobody'"
ok "none of them left anything" empty
cat >"$T/late.py" <<'EOF'
import os, signal, subprocess, sys, time
# all rows are read (the pipe is empty and closed), what is left is the index of words and the commit
p = subprocess.Popen([os.environ["PARLEY"], "--desk", sys.argv[1], "record", "import", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
p.stdin.write(open(sys.argv[2], "rb").read())
p.stdin.close()
time.sleep(float(sys.argv[3]))
p.send_signal(signal.SIGINT)
sys.exit(p.wait())
EOF
late=0
for wait in 0 0.03 0.1; do # whenever it comes: all or nothing, and the exit code says which
    fresh
    python3 "$T/late.py" "$T/d" "$T/big.csv" $wait >/dev/null; code=$?
    rows=$($PARLEY --desk "$T/d" record export | wc -l)
    case "$code $rows" in "130 1" | "0 15001") ;; *) late=1 ;; esac
    echo "# $wait s after the last row: exit code $code, $rows lines"
    $PARLEY --desk "$T/d" record check --json | grep -q '"sound": true' || late=1
done
ok "Ctrl-C while the words are indexed: all or nothing" "[ $late = 0 ]"
fresh
ok "edit, and undo of the edit" "imp '$T/good.csv' >/dev/null && $PARLEY --desk '$T/d' record edit A1 --intensity -7 --date 2014-05-21 && $PARLEY --desk '$T/d' record export | grep -q 'A1,2014-05-21.*,-7,' && $PARLEY --desk '$T/d' record undo 2 && $PARLEY --desk '$T/d' record export | cmp - '$T/1.csv'"
ok "a search that finds nothing says so" "$PARLEY record search nosuchword | grep -qx 'No event of the record fits.'"
ok "what happened in Chinese, by hand; domains and kinds in Chinese" "$PARLEY --desk '$T/d' record add --event Z1 --date 2021 --actor CN --target US --kind statement --domain data --what 'a forum' --what-zh 论坛开幕 && $PARLEY --desk '$T/d' record list --lang zh | grep -q '数据安全.*论坛开幕' && $PARLEY --desk '$T/d' record show Z1 --lang zh | grep -q '声明' && $PARLEY --desk '$T/d' record list --json --lang zh | grep -q '\"domain\": \"data\"' && $PARLEY --desk '$T/d' record export | grep -q ',data,.*,论坛开幕$' && $PARLEY --desk '$T/d' record undo 3"
ok "kinds of mechanisms, actors and sources in Chinese, codes in JSON" "$PARLEY record mechanisms CN US --lang zh | grep -q '热线' && $PARLEY record actors CN --lang zh | grep -q '国家' && $PARLEY record sources --lang zh | grep -q '研究' && $PARLEY record mechanisms CN US --lang zh --json | grep -q '\"kind\": \"hotline\"'"
ok "add, search in English and Chinese" "$PARLEY --desk '$T/d' record add --date 2020 --actor CN --target US --kind statement --domain data --what 'a hotline 热线 opens' && $PARLEY --desk '$T/d' record search HOTLINE opens | grep -q '^1 event\.' && $PARLEY --desk '$T/d' record search 热线 | grep -q '^1 event\.'"
exits 3 "add with a bad date" "$PARLEY --desk '$T/d' record add --date 2020-13 --actor CN --target US --kind statement --domain data"
ok "an actor of one's own" "$PARLEY --desk '$T/d' record add --actor-code GROUP:Bears --en Bears --zh 熊 --alias 'Fancy Bears' && $PARLEY --desk '$T/d' record actors 'fancy bears' | grep -q GROUP:Bears"
cat >"$T/history.sh" <<'EOF'
set -e
rm -rf "$T/h"; P="$PARLEY --desk $T/h"; $P init >/dev/null
state() { $P record export; $P record mechanisms --json; $P record sources --json; $P record actors --json; $P case list --json; }
state >"$T/0"
last() { $P record imports --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[-1]["import"])'; }
step() { n=$((n + 1)); "$@" >/dev/null; state >"$T/$n"; ! cmp -s "$T/$n" "$T/$((n - 1))" || { echo "no change: $*"; exit 1; }; }
n=0
step $P record source smith2024 --title 'A chronology' --from 2010
step $P record source smith2024 --author Smith --break 2018-05 --what 'also Chinese reports'
step $P record mechanism m --name M --parties 'CN;US' --start 2016
step $P record mechanism m --stop 2018 --stop-kind lapsed
step $P record add --actor-code GROUP:Owls --en Owls
step $P record add --actor-code GROUP:Owls --alias 'Night Owls'
step $P record add --event X1 --date 2020 --actor GROUP:Owls --target US --kind statement --domain data --what x --source smith2024
step $P record edit X1 --what y
[ "$(last)" = 8 ]
$P record edit X1 --what y >/dev/null; [ "$(last)" = 8 ]
step $P record edit X1 --what-zh 说
step $P record edit X1 --what-zh '说“”' --report 1
step $P record edit X1 --what-zh ''
$P record mechanism m --stop 2018 --stop-kind lapsed >/dev/null; [ "$(last)" = 11 ] # repeating a command is no change
! $P record undo 5 2>"$T/why"; grep -q 'changed again since; undo 6' "$T/why"
while [ $n -gt 0 ]; do
    $P record undo $n >/dev/null; n=$((n - 1)); state >"$T/now"; cmp "$T/now" "$T/$n"
done
EOF
ok "every change by hand is listed and undone, step by step" "sh '$T/history.sh'"
ok "an actor in use stays" "rm -rf '$T/h' && $PARLEY --desk '$T/h' init && $PARLEY --desk '$T/h' record add --actor-code GROUP:Owls && $PARLEY --desk '$T/h' record add --date 2020 --actor GROUP:Owls --target US --kind statement --domain data --what x && ! $PARLEY --desk '$T/h' record undo 1"
exits 3 "a source that nothing could cite" "$PARLEY --desk '$T/h' record source 'a;b' --title x"
ok "a mechanism is noted, stopped and resumed" "M='$PARLEY --desk $T/d record mechanism hotline' && \$M --name Hotline --parties 'China;美国' --start 2016-08 && \$M --stop 2018 --stop-kind suspended && \$M --start 2021 && $PARLEY --desk '$T/d' record mechanisms CN US --json | tr -d ' \n' | grep -q '\"start\":\"2016-08\",\"stop\":\"2018\",\"stop_kind\":\"suspended\".*\"start\":\"2021\",\"stop\":\"\"'"
exits 3 "a mechanism of nobody known" "$PARLEY --desk '$T/d' record mechanism m --name M --parties 'CN;Atlantis' --start 2016"
ok "a full standard output is named" "$PARLEY record export 2>&1 >/dev/full | grep -q 'standard output: cannot be written'"
exits 12 "with the code of a full disk" "$PARLEY record export >/dev/full"
ok "standard input is named" "printf 'a,b\n1,2\n' | imp - 2>&1 | grep -q 'standard input:1: no known format'"
ok "sources tell where their collection changed" "$PARLEY record sources --json | grep -q 'collection changed'"
ok "parley alone says what the desk holds" "$PARLEY --desk '$T/d' | grep -q 'holds 4 events'"
finish

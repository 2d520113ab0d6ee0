#!/bin/sh
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export LANG=C
unset PARLEY_DESK
HOME=$T export HOME

has() { python3 -c "import json,sys; j=json.load(open(sys.argv[1])); assert $2, j" "$1"; }

ok 'assess works on the shipped record without a desk' '"$PARLEY" assess CN US > "$T/a.txt" && grep -q "Not identified" "$T/a.txt" && grep -q "Too coarse for the bin: 4. Undated: 5" "$T/a.txt"'
ok 'and in Chinese' '"$PARLEY" assess 中国 美国 --lang zh > "$T/zh.txt" && grep -q "不可识别" "$T/zh.txt" && ! grep -q "Not identified" "$T/zh.txt"'
ok 'no line is wider than 100 columns' 'awk "length > 100 { exit 1 }" "$T/a.txt"'
ok "an unclear change of intensity is called open, and the trend says its own months" 'tr "\n" " " < "$T/a.txt" | grep -q "Whether the mean intensity changed is open.*probability of a change at some date is 0.9" && grep -q "change over 8 months" "$T/a.txt"'
ok "what a third body does to both is no event between them: 66 of the 68 that name both" '"$PARLEY" assess CN US --json | grep -q "\"events\": 66,"'
ok 'the JSON has the keys of the contract' '"$PARLEY" assess CN US --from 2009 --to 2021 --bin year --json > "$T/a.json" &&
    has "$T/a.json" "all(k in j for k in (\"series\",\"change_points\",\"burstiness\",\"fano\",\"excitation\",\"phase\")) and j[\"excitation\"][\"identified\"] is False and j[\"excitation\"][\"reason\"] and all(k in j[\"excitation\"] for k in (\"labels\",\"branching\",\"spectral_radius\",\"controllability\",\"loglik\",\"loglik_baseline\",\"p_value\",\"permutation_p\",\"half_life\")) and len(j[\"series\"]) == 13 and all(k in j[\"excitation\"][\"branching\"] for k in (\"estimate\",\"low\",\"high\"))"'
ok 'the same seed gives the same answer' '"$PARLEY" assess CN US --bin month --seed 5 --json > "$T/1" && "$PARLEY" assess CN US --bin month --seed 5 --json > "$T/2" && cmp "$T/1" "$T/2"'
exits 2 'one actor is not a relation' '"$PARLEY" assess CN CN'
exits 10 'an unknown actor' '"$PARLEY" assess CN Atlantis'
exits 2 'a bin that is none' '"$PARLEY" assess CN US --bin fortnight'
exits 3 'a day that is none' '"$PARLEY" assess CN US --from 2014-02-30'
exits 2 'a window that ends before it begins' '"$PARLEY" assess CN US --from 2015 --to 2010'
exits 3 'no event in the window' '"$PARLEY" assess CN US --from 1950 --to 1960'
exits 2 'a domain that is none' '"$PARLEY" assess CN US --domain cooking'

simulate='"$PARLEY" hawkes simulate --mu 0.4,0.2 --branching "0.3,0.1;0.2,0.3" --decay 1.5 --span 3000 --seed 1'
ok 'hawkes simulate and fit agree within three standard errors' "$simulate"' > "$T/e.csv" && "$PARLEY" hawkes fit "$T/e.csv" --json > "$T/f.json" &&
    has "$T/f.json" "all(abs(a-b) <= 3*s for a, b, s in zip(j[\"mu\"] + sum(j[\"branching\"], []) + [j[\"decay\"]], [.4,.2,.3,.1,.2,.3,1.5], j[\"standard_errors\"][\"mu\"] + sum(j[\"standard_errors\"][\"branching\"], []) + [j[\"standard_errors\"][\"decay\"]]))"'
ok 'the seed makes the events' "$simulate"' > "$T/e2.csv" && cmp "$T/e.csv" "$T/e2.csv" && "$PARLEY" hawkes simulate --mu 0.4,0.2 --branching "0.3,0.1;0.2,0.3" --decay 1.5 --span 3000 --seed 2 > "$T/e3.csv" && ! cmp -s "$T/e.csv" "$T/e3.csv"'
ok 'rows in any order, words as types, columns swapped' 'printf "type,time\nb,3\na,1\nb,2.5\na,7\nb,9\na,4\n" > "$T/w.csv" && "$PARLEY" hawkes fit "$T/w.csv" --decay 1 --json > "$T/w.json" && has "$T/w.json" "j[\"labels\"] == [\"a\",\"b\"] and j[\"events\"] == 6"'
ok 'instants are days' 'printf "time,type\n2014-05-19T12:00Z,a\n2014-05-20T00:00Z,a\n2014-05-22T00:00Z,a\n" > "$T/t.csv" && "$PARLEY" hawkes fit "$T/t.csv" --decay 1 --json > "$T/t.json" && has "$T/t.json" "abs(j[\"to\"] - j[\"from\"] - 2.5) < 1e-9"'
exits 3 'dates known to the day are refused' 'printf "time,type\n2014-05-19,a\n2014-05-20,a\n" > "$T/d.csv"; "$PARLEY" hawkes fit "$T/d.csv"'
ok 'and the message says what to do' '"$PARLEY" hawkes fit "$T/d.csv" 2>&1 | grep -q "d.csv:2:1.*parley assess"'
exits 8 'a time that is none' 'printf "time,type\nsoon,a\n" > "$T/x.csv"; "$PARLEY" hawkes fit "$T/x.csv"'
exits 8 'no column of times' 'printf "when,type\n1,a\n" > "$T/x.csv"; "$PARLEY" hawkes fit "$T/x.csv"'
exits 8 'a row that is cut' 'printf "time,type\n1,a\n2,\"a\n" > "$T/x.csv"; "$PARLEY" hawkes fit "$T/x.csv"'
exits 3 'no events' 'printf "time,type\n" > "$T/x.csv"; "$PARLEY" hawkes fit "$T/x.csv"'
exits 10 'no file' '"$PARLEY" hawkes fit "$T/nowhere.csv"'
exits 9 'an explosive model' '"$PARLEY" hawkes simulate --mu 1 --branching 1.5 --decay 1 --span 1e9 --max 1000'
exits 2 'a matrix of the wrong size' '"$PARLEY" hawkes simulate --mu 1,2 --branching 0.1,0.2 --decay 1 --span 10'

# a record whose rise is in the year given: one mild event a year before, eight harsh ones from then
record_rising() {
    awk -v rise="$1" 'BEGIN { print "event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source"
        for (y = 1998; y < 2020; y++) for (k = 0; k < (y < rise ? 1 : 8); k++)
            printf "E%d-%d,%d-%02d-11,,day,US,CN,statement,diplomacy,%d,made up,test\n", y, k, y, k + 1, y < rise ? -2 - y % 2 : -6 - k % 2 }' > "$T/$1.csv"
    "$PARLEY" --desk "$T/$1" init > /dev/null && "$PARLEY" --desk "$T/$1" record import "$T/$1.csv" --format csv > /dev/null &&
        "$PARLEY" --desk "$T/$1" claims --claim K01 --json > "$T/$1.json"
}
ok 'the first year of the contest is supported by a record that rises in 2010' 'record_rising 2010 && grep -q "\"supported\"" "$T/2010.json"'
ok 'and contradicted by one that rises in 2005' 'record_rising 2005 && grep -q "\"contradicted\"" "$T/2005.json"'
finish

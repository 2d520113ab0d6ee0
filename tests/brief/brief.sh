#!/bin/sh
# The brief, as a person asks for it. `PARLEY=build/parley PARLEY_SOURCE=. tests/brief/brief.sh --update` rewrites tests/golden/brief-*.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
golden=$PARLEY_SOURCE/tests/golden
unset PARLEY_DESK
export HOME="$T" COLUMNS=100

if [ "${1:-}" = --update ]; then
    for lang in en zh; do
        "$PARLEY" brief CN US --lang $lang -o "$golden/brief-cn-us.$lang.txt" || exit 1
    done
    exit 0
fi

for lang in en zh; do
    ok "golden text, $lang" "$PARLEY brief CN US --lang $lang -o $T/brief.txt && diff -u $golden/brief-cn-us.$lang.txt $T/brief.txt"
    ok "page, $lang: well-formed, loads nothing" "$PARLEY brief CN US --lang $lang -o $T/$lang.html && python3 $PARLEY_SOURCE/tests/report/wellformed.py $T/$lang.html"
    ok "page, $lang: a strict policy with the right hashes" "grep -q \"default-src 'none'\" $T/$lang.html && python3 $PARLEY_SOURCE/tests/report/hashes.py $T/$lang.html"
done
ok "JSON: sections in order, numbers for programs" "$PARLEY brief CN US -o $T/brief.json && python3 - $T/brief.json <<'END'
import json, sys
brief = json.load(open(sys.argv[1], encoding='utf-8'))
ids = [s['id'] for s in brief['sections']]
wanted = ['summary', 'timeline', 'frequency', 'answers', 'phase', 'forecast', 'methods', 'events']
assert [i for i in ids if i in wanted] == wanted, ids
sentences = [b for b in brief['sections'][0]['blocks'] if b['kind'] == 'paragraph']
assert len(sentences) == 5, len(sentences)
data = brief['data']
assert data['a'] == 'CN' and data['b'] == 'US' and data['events'] > 50 and 'change_points' in data['assessment']
for s in brief['sections']:
    for b in s['blocks']:
        if b['kind'] == 'chart':
            assert b['sentence'] and b['vega_lite']['datasets'], b['id']
END"
ok "names in English and Chinese are codes; --json is the same as -o" "$PARLEY brief China 美国 --lang en --json 2>/dev/null | cmp - $T/brief.json"
ok "the seed and the command are told" "grep -q 'Seed 1\.' $golden/brief-cn-us.en.txt && grep -q 'parley brief CN US --seed 1 -o brief.html' $golden/brief-cn-us.en.txt"
ok "a window" "$PARLEY brief CN US --from 2010 --to 2015 -o $T/w.txt && grep -q 'from 2010\|, 2010' $T/w.txt && ! grep -q '^2018' $T/w.txt"
ok "coverage breaks are on the charts" "grep -q '\"breaks\":\[{\"at\":\"2010' $T/en.html"

# What is too little is said to be too little.
cat >"$T/few.csv" <<'END'
event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source
E1,2014-05-19,,day,FR,DE,accusation,espionage,-4,one,here
E2,2015-06-01,,day,DE,FR,dialogue,diplomacy,3,two,here
E3,,,none,DE,FR,dialogue,diplomacy,,three,here
END
ok "a desk with three events" "$PARLEY --desk $T/few init && $PARLEY --desk $T/few record import $T/few.csv --format auto"
ok "three events: no more is said than they bear" \
   "$PARLEY --desk $T/few brief FR DE -o $T/few.txt && grep -qi 'not identified' $T/few.txt && grep -q 'No forecast' $T/few.txt && ! grep -q 'Controllability is' $T/few.txt"
ok "text on standard output without -o" "$PARLEY --desk $T/few brief FR DE | head -1 | grep -q '^France and Germany'"
ok "Markdown and LaTeX" "$PARLEY --desk $T/few brief FR DE -o $T/few.md && grep -q '^## Summary' $T/few.md && $PARLEY --desk $T/few brief FR DE -o $T/few.tex && tail -1 $T/few.tex | grep -q 'end{document}'"
ok "the same seed gives the same bytes" "$PARLEY --desk $T/few brief FR DE --seed 7 -o $T/a.json && $PARLEY --desk $T/few brief FR DE --seed 7 -o $T/b.json && cmp $T/a.json $T/b.json"
cat >"$T/undated.csv" <<'END'
event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source
E1,,,none,FR,DE,accusation,espionage,-4,one,here
END
ok "only undated events: still a brief" "$PARLEY --desk $T/undated init && $PARLEY --desk $T/undated record import $T/undated.csv --format auto &&
    $PARLEY --desk $T/undated brief FR DE -o $T/undated.html && python3 $PARLEY_SOURCE/tests/report/wellformed.py $T/undated.html"
exits 3 "no event at all" "$PARLEY --desk $T/few brief CN RU"
exits 10 "an actor nobody knows" "$PARLEY brief CN Atlantis"
exits 2 "one actor twice" "$PARLEY brief CN China"
exits 2 "a day that does not exist" "$PARLEY brief CN US --from 2014-02-30"
exits 2 "a window that ends before it begins" "$PARLEY brief CN US --from 2015 --to 2014"
exits 2 "an extension that is no format" "$PARLEY brief CN US -o $T/brief.doc"
ok "a folder that does not exist: no file, a message" "! $PARLEY brief CN US -o $T/none/brief.html && $PARLEY brief CN US -o $T/none/brief.html 2>&1 | grep -q none/brief.html"

# Descriptions from strangers stay text.
python3 - "$T/hostile.csv" <<'END'
import csv, sys
out = csv.writer(open(sys.argv[1], 'w', encoding='utf-8', newline=''))
out.writerow('event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source'.split(','))
texts = ['</script><script>alert(1)</script>', '<img src=x onerror=alert(1)>', '=cmd|calc', '\u202egnihtemos', '"><b>', "'; DROP TABLE event; --", '$$\\input{x}', '`x`', '%s%n']
for i, text in enumerate(texts):
    out.writerow([f'H<{i}>"\'', f'201{i}-05-0{i + 1}', '', 'day', 'FR', 'DE', 'accusation', 'espionage', -4, text, 'javascript:alert(1)' if i % 2 else 'https://example.org/?a=<b>&c="'])
END
ok "a desk with hostile texts" "$PARLEY --desk $T/hostile init && $PARLEY --desk $T/hostile record import $T/hostile.csv --format auto"
ok "hostile texts: the page is well-formed and has our two scripts only" \
   "$PARLEY --desk $T/hostile brief FR DE -o $T/hostile.html && python3 $PARLEY_SOURCE/tests/report/wellformed.py $T/hostile.html && [ \$(grep -c '<script>' $T/hostile.html) = 1 ] && ! grep -q '<img' $T/hostile.html"
ok "the demo works twice in a row" "mkdir $T/build && ln -s $PARLEY $T/build/parley && $PARLEY_SOURCE/tools/demo $T/build >$T/demo1 && $PARLEY_SOURCE/tools/demo $T/build >$T/demo2 && cmp $T/demo1 $T/demo2 &&
    [ -s $T/build/demo/brief.html ] && [ -s $T/build/demo/brief.json ] && grep -q '^Summary' $T/demo1 && ! grep -q '^Timeline' $T/demo1"
finish

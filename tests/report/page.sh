#!/bin/sh
# The page of tests/report/gallery.c in a browser, and the bundle against its sources. What is not at hand is skipped.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # SKIP $2"; }

for lang in en zh; do
    for format in html txt md csv tex json; do
        "$GALLERY" $lang $format >"$T/$lang.$format" || echo "# gallery $lang $format failed"
    done
    page=$T/$lang.html
    ok "$lang: elements are closed, ids are unique, links lead somewhere" "python3 $PARLEY_SOURCE/tests/report/wellformed.py $page"
    ok "$lang: a strict policy" "grep -q \"Content-Security-Policy\\\" content=\\\"default-src 'none'; script-src 'sha256-\" $page && ! grep -q unsafe $page"
    ok "$lang: the language is stated" "head -2 $page | grep -q 'lang=\"$lang'"
done
ok "the same bytes every time" "$GALLERY en html | cmp - $T/en.html"
ok "the hashes are those of script and style" "python3 $PARLEY_SOURCE/tests/report/hashes.py $T/en.html"

# The bundle needs npm and its packages; the browser tests need Playwright's driver from there, and Chromium.
web=$PARLEY_SOURCE/web
if [ ! -d "$web/node_modules" ] && command -v npm >/dev/null; then
    mkdir "$T/web" && cp -r "$web/src" "$web"/*.json "$web"/*.mjs "$web/.npmrc" "$T/web/"
    (cd "$T/web" && timeout 100 npm ci --silent --ignore-scripts --fetch-retries 0 >/dev/null 2>&1) && web=$T/web
fi
if [ -d "$web/node_modules" ] && command -v node >/dev/null; then
    ok "data/web is what npm run build makes" \
       "(cd $web && node build.mjs $T/dist) && for f in $PARLEY_SOURCE/data/web/*; do cmp \$f $T/dist/\$(basename \$f) || exit 1; done"
    chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    if [ -n "$chromium" ]; then
        ln -s "$web/node_modules" "$T/node_modules"
        cp "$PARLEY_SOURCE/tests/report/page.mjs" "$T/page.mjs"
        node "$T/page.mjs" "$chromium" "$T/en.html" "$T/zh.html" >"$T/page.tap" 2>&1 || echo "# page.mjs: exit code $?" >>"$T/page.tap"
        while read -r line; do
            case $line in
            "ok "* | "not ok "*) tap_n=$((tap_n + 1)); echo "${line%% -*} $tap_n -${line#*-}" ;;
            *) echo "# $line" ;;
            esac
        done <"$T/page.tap"
        ok "the browser test came to its end" "grep -q '^end of page.mjs' $T/page.tap"
    else
        skip "in a browser" "no Chromium"
    fi
else
    skip "data/web is what npm run build makes" "no npm, or no packages"
    skip "in a browser" "no npm, or no packages"
fi
finish

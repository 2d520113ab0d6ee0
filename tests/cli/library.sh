#!/bin/sh
# The example of the library, built against the shared library: it runs, and docs/library.md quotes what stands in it.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export PARLEY_STATE="$T/state"
ok "two desks in one program: enrolled, said, received, verified, proven" "$TWO_DESKS $T/desks >$T/said"
ok "both voices read the same words" "[ \$(grep -E '^we (read|hear):' $T/said | cut -d' ' -f3- | sort -u | wc -l) = 1 ]"
ok "the statement came and its signature is good" "grep -q '^from cn: Incident notification, FLASH, signature good' $T/said"
ok "the receipt came back" "grep -q '^said 1, stored by them 1' $T/said"
ok "the evidence convinces a third party" "grep -q '^proven: got-it' $T/said && $PARLEY channel evidence --check $T/desks/evidence"
ok "the command finds the same in its desks" "$PARLEY --desk $T/desks/us channel inbox --json | grep -q incident-notification && $PARLEY --desk $T/desks/cn channel verify us"
exits 2 "a folder with desks in it is refused" "$TWO_DESKS $T/desks"
exits 7 "a folder that cannot be made is refused" "$TWO_DESKS $T/said/desks"
ok "docs/library.md quotes the example" "python3 - '$PARLEY_SOURCE' <<'END'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
code = (root / 'examples/two-desks.c').read_text(encoding='utf-8')
quoted = re.findall(r'\`\`\`c\n(.*?)\`\`\`', (root / 'docs/library.md').read_text(encoding='utf-8'), re.S)
missing = [block for block in quoted if block not in code]
print(*missing)
sys.exit(bool(missing) or len(quoted) < 5)
END"
finish

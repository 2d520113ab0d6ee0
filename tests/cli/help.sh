#!/bin/sh
# Every command explains itself, and a slip of the finger gets a suggestion.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

ok "help lists commands" "$PARLEY help | grep -q '^parley version'"
ok "every command has help with an example" \
   "for c in \$($PARLEY help | sed -n 's/^parley \([a-z -]*[a-z]\)  .*/\1/p' | tr ' ' '_'); do
        $PARLEY help \$(echo \$c | tr '_' ' ') | grep -q '^    parley' || { echo \"# \$c\"; exit 1; }; done"
ok "a misspelt command gets a suggestion" "$PARLEY versoin 2>&1 | grep -q \"did you mean 'version'\""
ok "a misspelt option gets a suggestion" "$PARLEY version --jsn 2>&1 | grep -q 'did you mean --json'"
exits 2 "an unknown command" "$PARLEY nosuch"
exits 2 "too many operands" "$PARLEY version x"
exits 2 "an unknown language" "$PARLEY --lang fr version"
ok "help speaks Chinese" "$PARLEY help --lang zh | grep -q 显示版本"
finish

#!/bin/sh
# Manual pages and completions are made from the table of commands: they render, parse and complete.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

ok "all pages are written" "$PARLEY man --all $T && [ -s $T/parley.1 ] && [ -s $T/parley-help.1 ]"
ok "every command is in a page" \
   "for c in \$($PARLEY help | sed -n 's/^parley \([a-z -]*[a-z]\)  .*/\1/p' | tr ' ' '_'); do
        name=\$(echo \$c | tr '_' ' '); grep -q \"^.SS \\\"parley \$(echo \"\$name\" | sed 's/-/\\\\\\\\-/g')\\\"\" $T/parley-\${c%%_*}.1 || { echo \"# \$name\"; exit 1; }; done"
if command -v mandoc >/dev/null; then
    ok "mandoc has no warning" "for p in $T/*.1; do mandoc -Tlint -Wwarning \$p || exit 1; done"
fi
if command -v groff >/dev/null; then
    ok "groff has no warning" "for p in $T/*.1; do groff -ww -man -Kutf8 -Tutf8 \$p 2>&1 >/dev/null; done >$T/warnings; cat $T/warnings; [ ! -s $T/warnings ]"
fi
exits 10 "a page of no command" "$PARLEY man nosuch"
exits 2 "a shell it does not know" "$PARLEY completion tcsh"
ok "a page on standard output is the page that is installed" "$PARLEY man help | cmp - $T/parley-help.1"

$PARLEY completion bash >"$T/bash"
complete() { # words so far, the last one being completed -> the candidates on one line
    bash -c 'source "$1"; shift; COMP_WORDS=(parley "$@"); COMP_CWORD=$#; _parley; echo "${COMPREPLY[@]}"' _ "$T/bash" "$@"
}
if command -v bash >/dev/null; then
    ok "bash: parses" "bash -n $T/bash"
    ok "bash: commands" "complete ver | grep -qx version"
    ok "bash: words of a family" "complete game '' | grep -q 'show'"
    ok "bash: options of a command" "complete version --js | grep -qx -- --json"
    ok "bash: values of an option" "complete version --lang '' | grep -qx 'en zh'"
    ok "bash: after an option with a value comes a command" "complete --desk x compl | grep -qx completion"
fi
ok "zsh: parses" "if command -v zsh >/dev/null; then $PARLEY completion zsh >$T/zsh; zsh -n $T/zsh; fi"
ok "fish: parses" "if command -v fish >/dev/null; then $PARLEY completion fish >$T/fish; fish -n $T/fish; fi"
finish

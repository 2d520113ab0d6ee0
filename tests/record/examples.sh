#!/bin/sh
# The examples in the help of every command of the record work as typed, in a home without a desk.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export HOME="$T"
unset PARLEY_DESK
PATH="$(dirname "$PARLEY"):$PATH"
for command in init backup "record import" "record export" "record list" "record search" "record show" "record add" "record edit" "record undo" \
    "record imports" "record check" "record mechanism" "record mechanisms" "record sources" "record actors" "record domains" "record formats"; do
    $PARLEY help $command | sed -n '/^Examples:/,$p' | grep '^ *parley' | sed "s|/tmp/|$T/|g" >"$T/examples"
    rm -rf "$T/my-desk" "$T/my-desk-copy.db"
    ok "$command: $(wc -l <"$T/examples") examples" "[ -s '$T/examples' ] && sh -e '$T/examples'"
done
finish

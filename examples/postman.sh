#!/bin/sh
# The mail carrier's way out: hands each message that a desk put into a Maildir to the mail system, once. Run it from cron or a loop.
# Usage: examples/postman.sh MAILDIR-OUT FROM TO    (SENDMAIL=/usr/sbin/sendmail)
# The way in needs nothing: let the mail system deliver the other side's mail into the desk's MAILDIR-IN.
set -eu
out=$1 from=$2 to=$3
for message in "$out"/new/*; do
    [ -f "$message" ] || continue
    ${SENDMAIL:-/usr/sbin/sendmail} -i -f "$from" "$to" <"$message" # what it does not accept stays, and is tried again
    mv "$message" "$out/cur/$(basename "$message"):2,S"
done

#!/bin/sh
# Real desks: a few kills at any moment, a few copies put back. Long runs: make soak; their results: docs/reliability.md.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
ok "kill -9 of nodes and of commands loses nothing and says nothing twice" "$PARLEY_SOURCE/tools/soak-desks kills 20"
ok "a desk put back from a copy signs nothing before it knows what it had said" "$PARLEY_SOURCE/tools/soak-desks backups 3"
finish

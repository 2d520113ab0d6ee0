#!/bin/sh
# Repeated play: turns, matches, exact pairs, Moran rounds, payoff sets a second. The peers (Axelrod, QuantEcon) are Python
# packages; where they are not importable there is nothing to compare with and the rows stand alone.
set -eu
ninja -C "$BUILD" bench/bench-play >/dev/null
exec "$BUILD/bench/bench-play"

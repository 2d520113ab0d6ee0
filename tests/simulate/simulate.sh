#!/bin/sh
# The simulate commands as typed: the contract's keys, kill and resume, interruption, ranks, bad input.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

run="$PARLEY simulate run baseline --weeks 104 --seed 5"
digest() { grep -o '"digest": "[0-9a-f]*"' "$1"; }

ok "run has the keys of the contract" "$run --replicates 2000 --json >$T/a.json && for k in p_uncontrolled crises crisis_weeks time_to_deescalate cooperation_index \
    agreements agreement_weeks trust capability welfare spillovers incidents digest dyad_weeks_per_s; do grep -q \"\\\"\$k\\\":\" $T/a.json || { echo no \$k; exit 1; }; done"
ok "threads do not matter" "for t in 1 2 7; do $run --replicates 5000 --threads \$t --json | grep digest; done | sort -u | wc -l | grep -qx 1"
ok "paths do not matter" "for p in reference portable best; do $run --replicates 1500 --path \$p --json | grep digest; done | sort -u | wc -l | grep -qx 1"
# A job of about three seconds of this machine's work, as this run measures it: the first checkpoint comes after half a second.
$run --weeks 520 --replicates 20000 --json >$T/rate.json
replicates=$(sed -n 's/.*"dyad_weeks_per_s": \([0-9.e+]*\).*/\1/p' $T/rate.json | awk '{ printf "%.0f", $1 * 3 / 520 }')
long="simulate run baseline --weeks 520 --seed 5 --replicates $replicates"
ok "killed and resumed, the same bits" "$PARLEY $long --json >$T/whole.json
    $PARLEY $long --checkpoint $T/c --json >$T/killed.json & pid=\$!
    while [ ! -s $T/c ] && kill -0 \$pid 2>/dev/null; do sleep 0.05; done
    kill -9 \$pid && { wait \$pid; [ \$? = 137 ]; } && [ ! -s $T/killed.json ] &&
    $PARLEY $long --checkpoint $T/c --json >$T/resumed.json && [ \"\$(digest $T/whole.json)\" = \"\$(digest $T/resumed.json)\" ]"
exits 5 "a checkpoint of another scenario" "$PARLEY simulate run h02-b --weeks 520 --seed 5 --replicates $replicates --checkpoint $T/c"
exits 5 "a checkpoint of another version" "cp $T/c $T/version && printf 'x.y' | dd of=$T/version bs=1 seek=8 conv=notrunc 2>/dev/null && $PARLEY $long --checkpoint $T/version"
ok "and both are left as they are" "[ \"\$(dd if=$T/version bs=1 skip=8 count=3 2>/dev/null)\" = x.y ] && $PARLEY $long --checkpoint $T/c --json | grep digest >$T/again && [ \"\$(digest $T/whole.json)\" = \"\$(digest $T/again)\" ]"
exits 13 "a checkpoint cut short" "head -c 500 $T/c >$T/short; $PARLEY $long --checkpoint $T/short"
ok "an interruption keeps what is done" "$run --weeks 5200 --replicates 4000000 --json >$T/part.json & pid=\$!; sleep 0.6; kill -INT \$pid; wait \$pid; [ \$? = 130 ] &&
    grep -q '\"partial\": true' $T/part.json && grep -q '\"replicates\": [1-9]' $T/part.json"
ok "a full disk while checkpointing is said, and the result is printed" "(trap '' XFSZ; ulimit -f 8; $run --replicates 2000 --checkpoint $T/full.ck --json >$T/full.json); [ \$? != 0 ] && grep -q digest $T/full.json && [ ! -e $T/full.ck ]"
exits 2 "0 replicates" "$run --replicates 0"
exits 10 "no such scenario" "$PARLEY simulate run baselin"
ok "and the nearest is named" "$PARLEY simulate run baselin 2>&1 | grep -q \"did you mean 'baseline'\""
ok "a typo in --set" "$run --set hotlin=1 2>&1 | grep -q \"did you mean 'hotline'\""
ok "a mistake in a file has its place" "printf 'mechanisms:\n  hotline: [{ from: 9, to: 3 }]\n' >$T/s.yaml; $PARLEY simulate run $T/s.yaml 2>&1 | grep -q 's.yaml:2:'"
ok "compare prints differences" "$PARLEY simulate compare baseline h02-b --replicates 1024 --weeks 104 --json | grep -q variance_reduction"
ok "compare speaks Chinese" "$PARLEY simulate compare baseline h02-b --replicates 1024 --weeks 104 --lang zh | grep -q 共同随机数"
mpi=$(dirname "$PARLEY")/parley-mpi
if [ -x "$mpi" ] && command -v mpirun >/dev/null; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 ASAN_OPTIONS=detect_leaks=0
    ok "1 and 3 ranks, the same digest" "for n in 1 3; do mpirun --oversubscribe -n \$n $mpi simulate run baseline --weeks 104 --seed 5 --replicates 2000 --json | grep digest; done |
        cat - $T/a.json | grep -o '\"digest\": \"[0-9a-f]*\"' | sort -u | wc -l | grep -qx 1"
    # A rank that dies takes the job with it and says so; what all had done is in their checkpoints.
    job="mpirun --oversubscribe -n 2 $mpi $long --threads 1 --checkpoint $T/rank --json"
    ok "a rank that dies ends the job with an error, and the job goes on from the checkpoints" "$job >$T/dead.json 2>$T/dead.txt & pid=\$!
        while [ ! -s $T/rank.1 ] && kill -0 \$pid 2>/dev/null; do sleep 0.02; done
        victim=\$(ps -o pid= --ppid \$pid | tail -1); kill -9 \$victim && { wait \$pid; [ \$? != 0 ]; } && ! grep -q digest $T/dead.json && [ -s $T/dead.txt ] &&
        $job >$T/alive.json && [ \"\$(digest $T/alive.json)\" = \"\$(digest $T/whole.json)\" ]"
fi
finish

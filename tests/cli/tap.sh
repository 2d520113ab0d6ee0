# Sourced by the script tests: ok NAME COMMANDS, exits CODE NAME COMMANDS, finish. $T is a fresh folder.
tap_n=0
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

report() { # 0 or 1, name
    tap_n=$((tap_n + 1))
    if [ "$1" = 0 ]; then echo "ok $tap_n - $2"; else echo "not ok $tap_n - $2"; sed 's/^/# /' "$T/.log" | tail -40; fi
}

ok() {
    if (eval "$2") >"$T/.log" 2>&1; then report 0 "$1"; else report 1 "$1"; fi
}

exits() {
    (eval "$3") >"$T/.log" 2>&1
    code=$?
    if [ "$code" = "$1" ]; then report 0 "$2"; else echo "exit code $code, expected $1" >>"$T/.log"; report 1 "$2"; fi
}

finish() { echo "1..$tap_n"; }

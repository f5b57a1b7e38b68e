# What the scripts of this folder share: a temporary folder, processes that end with the script, counting.
# shellcheck shell=bash
# The wait for anything.
WAIT_MAX_S=60

dir=$(mktemp -d)
passed=0
# The processes to end, by their ids.
processes=()

clean_up() {
    code=$?
    if [ "$code" -ne 0 ]; then
        for log in "$dir"/*.log; do
            [ -e "$log" ] && echo "--- ${log##*/}" && tail -n 50 "$log"
        done
        echo "$passed passed, 1 failed"
    fi
    for process in "${processes[@]}"; do
        # That one is gone already, or ends by a signal, is no failure.
        kill -KILL "$process" 2>/dev/null || true
        # Or the shell would tell of its end.
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$dir"
    exit "$code"
}
trap clean_up EXIT

pass() {
    passed=$((passed + 1))
    echo "ok: $1"
}

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

# expect WHAT FOUND WANTED
expect() {
    [ "$2" = "$3" ] || fail "$1: found \`$2\`, expected \`$3\`"
    pass "$1: $2"
}

# wait_until WHAT COMMAND...
wait_until() {
    local what=$1 deadline=$((SECONDS + WAIT_MAX_S))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "$what: not within $WAIT_MAX_S s"
        sleep 0.1
    done
    pass "$what"
}

# logged LOG PATTERN
logged() {
    grep -q "$2" "$1"
}

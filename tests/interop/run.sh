#!/usr/bin/env bash
# Proves what the README promises to programs in other languages: messages that the Standard
# Webhooks and CloudEvents libraries of Python and JavaScript accept, and views that an older
# SQLite reads while the daemon runs.
#
#     tests/interop/run.sh BINARY
#
# Needs python3 with venv, sqlite3, curl and npm; the libraries come from the registries of their
# languages. Everything is written into a temporary folder, which is removed.
set -euo pipefail

binary=$(realpath "${1:?usage: run.sh BINARY}")
here=$(cd "$(dirname "$0")" && pwd)
receiver=$here/../receiver
# The answer to a signal.
STOP_MAX_S=10
# shellcheck source-path=SCRIPTDIR
source "$here/lib.sh"
database=$dir/treatywatch.db

# The older SQLite, as a user at a shell would have it.
query() {
    sqlite3 -readonly -cmd '.timeout 5000' "$database" "$1"
}

nothing_pending() {
    [ "$(query "select count(*) from delivery_log where state = 'pending'")" = 0 ]
}

well() {
    curl --fail --silent --max-time 5 --output "$dir/health.json" "$1"
}

echo "Libraries of other languages"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --requirement "$receiver/requirements.txt"
python=$dir/venv/bin/python
npm install --silent --no-audit --no-fund --prefix "$dir/npm" standardwebhooks@1
echo "sqlite3 $(sqlite3 --version | cut -d' ' -f1), $("$python" --version), node $(node --version)"

echo "A receiver, and two checks"
cd "$dir"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG
TREATYWATCH_SECRET=whsec_$(head -c 32 /dev/urandom | base64)
export TREATYWATCH_SECRET
RECEIVER_SAVE=$dir/messages.jsonl "$python" "$receiver/receiver.py" 0 >receiver.log 2>&1 &
processes+=("$!")
wait_until "the receiver listens" logged receiver.log '^listening on '
address=$(sed -n 's/^listening on //p' receiver.log)

cat >treatywatch.toml <<EOF
listen = "127.0.0.1:0"

[[endpoint]]
name = "desk"
url = "http://$address/"
secret_env = "TREATYWATCH_SECRET"
EOF

"$binary" check --today 2026-02-04 >check.log
logged check.log '^Watching since 2026-02-04' || fail "the first check does not say since when it watches"
expect "alerts of the first check" "$(query 'select count(*) from alert_log')" 0
"$binary" check --today 2026-02-05 >>check.log
expect "treaties whose status changed on 2026-02-05" \
    "$(query "select group_concat(treaty_id) from alert_log where kind = 'status.changed'")" new-start

echo "The daemon"
"$binary" serve >daemon.log 2>&1 &
daemon_pid=$!
processes+=("$daemon_pid")
wait_until "the daemon says where its health is told" logged daemon.log 'http://[0-9.:]*/healthz'
health=$(grep -o -m1 'http://[0-9.:]*/healthz' daemon.log)
# It is well once a check has succeeded, so that all alerts are raised from here on.
wait_until "the daemon is well" well "$health"
wait_until "New START's expiry arrives and is verified" \
    logged receiver.log '^verified msg_[0-9a-f]* treatywatch\.status\.changed: New START expired on 5 February 2026'
"$binary" endpoints test desk >endpoints.log || fail "the test message was not accepted"
logged endpoints.log '^desk accepted the test message ' || fail "the test message was not accepted"
pass "the receiver accepts a test message"
wait_until "nothing is left to deliver" nothing_pending
# What the catch-up up to today raised; the clock decides how much that is.
delivered=$(query "select count(*) from delivery_log where state = 'delivered'")
expect "deliveries that were not delivered" \
    "$(query "select count(*) from delivery_log where state <> 'delivered'")" 0
expect "messages that were verified, the test among them" \
    "$(grep -c '^verified ' receiver.log)" $((delivered + 1))
expect "ids among them" \
    "$(sed -n 's/^verified \(msg_[0-9a-f]*\) .*/\1/p' receiver.log | sort -u | wc -l)" $((delivered + 1))
expect "alerts that were sent" "$(query 'select count(*) from alert_log')" "$delivered"
expect "messages that were refused" "$(grep -c '^refused' receiver.log || true)" 0

echo "The messages, in JavaScript and changed on the way"
node "$here/verify.js" "$dir/npm/node_modules/standardwebhooks" messages.jsonl
pass "JavaScript's Standard Webhooks library verifies every message, and none that was changed"
"$python" "$here/forge.py" messages.jsonl "http://$address/"
expect "forged messages that were refused" "$(grep -c '^refused' receiver.log || true)" 4

echo "The database, while the daemon runs"
views=$(query "select name from sqlite_schema where type = 'view' order by name")
# Every column of every row: a count alone would not compute them.
for view in $views; do
    rows=$(query "select count(*) from $view") || fail "$view cannot be counted"
    query "select * from $view" >rows.txt || fail "$view cannot be read"
    pass "sqlite3 reads $view: $rows rows"
done
expect "public views" "$(wc -w <<<"$views")" 20
"$python" "$here/views.py" "$database" || fail "Python's sqlite3 cannot read the views"
pass "Python's sqlite3 reads every view"

# parties_on TREATY READING DAY COLUMNS
parties_on() {
    query "select $4 from party_count where treaty_id = '$1' and reading = '$2' and on_date <= $3
        order by on_date desc limit 1"
}
expect "parties to the NPT" "$(parties_on npt default "date('now')" parties)" 191
expect "parties to the NPT, by the DPRK's own count" \
    "$(parties_on npt prk-own-count "date('now')" parties)" 190
expect "parties to the NPT, counting three months from the DPRK's notice" \
    "$(parties_on npt three-months "date('now')" parties)" 190
expect "parties to the BWC" "$(parties_on bwc default "date('now')" parties)" 189
expect "parties to the CWC" "$(parties_on cwc default "date('now')" parties)" 193
expect "signatures of the CTBT, and ratifications" \
    "$(parties_on ctbt default "date('now')" "signed || ' ' || consented")" "188 179"
# The views are made from a projection, the command computes: two ways to one number.
expect "parties to the NPT on 2000-01-01, in SQL and by the command" \
    "$(parties_on npt default "'2000-01-01'" parties)" \
    "$("$binary" --json parties npt --on 2000-01-01 | "$python" -c '
import json, sys
print(next(c["parties"] for c in json.load(sys.stdin)["counts"] if c["reading"] == "default"))')"

echo "The end"
kill -TERM "$daemon_pid"
stopped=$SECONDS
while kill -0 "$daemon_pid" 2>/dev/null; do
    [ $((SECONDS - stopped)) -le $STOP_MAX_S ] || fail "the daemon runs $STOP_MAX_S s after SIGTERM"
    sleep 0.1
done
code=0
wait "$daemon_pid" || code=$?
expect "exit code of the daemon after SIGTERM" "$code" 0
[ ! -e "$database-wal" ] || fail "the daemon left a write-ahead log"
pass "the daemon leaves one file"
expect "integrity, as sqlite3 sees it" "$(query 'pragma integrity_check')" ok

echo "$passed passed, 0 failed"

#!/usr/bin/env bash
# How fast 1,000 alerts reach a receiver, each as a message of its own: of treatywatch, which has them in its database
# and keeps account of each, and of Prometheus' Alertmanager, which has them in memory.
#
#     benches/peers/alertmanager.sh BINARY [ALERTMANAGER]
#
# Needs cargo, curl, python3 and the Alertmanager, as Debian's package prometheus-alertmanager has it. Not part of CI: compare
# what one run prints.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
binary=$(realpath "${1:?usage: alertmanager.sh BINARY [ALERTMANAGER]}")
alertmanager=$(realpath "${2:-$(command -v prometheus-alertmanager)}")
MESSAGES=1000
ROUNDS=5
# shellcheck source=tests/interop/lib.sh
. "$here/../../tests/interop/lib.sh"
cd "$dir"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG

# In a program of its own that is faster than both: else it would be the receiver that is measured.
receiver=$(cd "$here" && cargo bench --quiet --locked --bench figures --no-run --message-format json | python3 -c '
import json, sys
built = [json.loads(line) for line in sys.stdin]
print(*(it["executable"] for it in built if it.get("executable") and it["target"]["name"] == "figures"))
')
touch server.log
"$receiver" receiver >server.log 2>&1 &
processes+=($!)
wait_until "the receiver listens" logged server.log "listening on"
origin=http://$(sed -n 's/^listening on //p' server.log)

# ask PATH: what the receiver says
ask() {
    curl --silent --fail "$origin/$1"
}

# count FIELD
count() {
    ask counts | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

all_taken() {
    [ "$(count posts)" -ge "$MESSAGES" ]
}

# finish NAME PROCESS: notes the rate and the memory once all have come, and ends the process
finish() {
    wait_until "$1 has sent everything" all_taken
    expect "messages of $1" "$(count posts)" "$MESSAGES"
    count seconds >>"$1.seconds"
    count whole >>"$1.whole"
    sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$2/status" >>"$1.kib"
    kill -TERM "$2"
    wait "$2" || true
}

cat >treatywatch.toml <<END
listen = "off"
[[endpoint]]
name = "desk"
format = "cloudevents"
url = "$origin/treatywatch"
secret_env = "SECRET"
concurrency = 16
END
SECRET=whsec_$(head -c 32 /dev/urandom | base64)
export SECRET
"$binary" --db stored.db check --today 2025-01-01 >check.log
"$binary" --db stored.db check >>check.log
cat >raise.py <<'END'
"""As many alerts as are wanted, of those that half a history gave, each to be delivered."""

import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], timeout=30)
alerts = database.execute("select * from _alert").fetchall()
columns = [column for _, column, *_ in database.execute("pragma table_info(alert)")]
assert alerts and columns[:2] == ["alert_id", "key"], "alerts to copy"
for number in range(int(sys.argv[2])):
    row = (f"msg_{number}", f"copy|{number}", *alerts[number % len(alerts)][2:])
    database.execute(f"insert into _alert values ({', '.join('?' * len(row))})", row)
database.execute(
    "insert into _delivery (alert_id, endpoint, state, attempts, next_attempt_at) "
    "select alert_id, 'desk', 'pending', 0, raised_at from _alert where key glob 'copy|*'"
)
database.commit()
END
python3 -c 'import sqlite3; c = sqlite3.connect("stored.db"); c.execute("delete from _delivery"); c.commit()'

cat >alertmanager.yml <<END
route:
  receiver: desk
  group_by: ["..."]
  group_wait: 0s
receivers:
  - name: desk
    webhook_configs:
      - url: $origin/alertmanager
END
python3 - "$MESSAGES" >alerts.json <<'END'
import json
import sys

words = "The withdrawal takes effect on 2 August 2019, in 30 days, by the notice of 2 February 2019, article XV(2). "
alerts = [
    {"labels": {"alertname": "date", "number": str(number)}, "annotations": {"summary": words * 3}}
    for number in range(int(sys.argv[1]))
]
json.dump(alerts, sys.stdout)
END

is_ready() {
    curl --silent --fail --output ready.txt "$api/-/ready"
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
api=http://127.0.0.1:$port
for round in $(seq "$ROUNDS"); do
    # Both run when the alerts come. A reload makes the lanes look what is due.
    cp stored.db "$round.db"
    "$binary" --db "$round.db" serve >treatywatch.log 2>&1 &
    processes+=($!)
    process=$!
    wait_until "treatywatch is at rest" logged treatywatch.log "passed its self-check"
    python3 raise.py "$round.db" "$MESSAGES"
    ask reset >/dev/null
    kill -HUP "$process"
    finish treatywatch "$process"

    "$alertmanager" --config.file alertmanager.yml --storage.path "$round.data" --cluster.listen-address= \
        --web.listen-address "127.0.0.1:$port" >alertmanager.log 2>&1 &
    processes+=($!)
    process=$!
    wait_until "the Alertmanager is ready" is_ready
    ask reset >/dev/null
    curl --silent --fail --json @alerts.json "$api/api/v2/alerts"
    finish alertmanager "$process"
done

python3 - "$MESSAGES" <<'END'
import statistics
import sys
from pathlib import Path

messages, medians = int(sys.argv[1]), []


def read(name, what):
    return [float(line) for line in Path(f"{name}.{what}").read_text().split()]


for name in ("treatywatch", "alertmanager"):
    seconds, whole, kib = (read(name, what) for what in ("seconds", "whole", "kib"))
    medians.append([statistics.median(it) for it in (seconds, whole, kib)])
    rate, least, most = (messages / it for it in (medians[-1][0], max(seconds), min(seconds)))
    print(f"{name}: {rate:.0f} messages per s ({least:.0f} to {most:.0f}), {medians[-1][2] / 1024:.0f} MiB at most;")
    print(f"    {medians[-1][1]:.2f} s from the alerts' arrival to the last message")
ours, theirs = medians
print(f"ratio of rates {theirs[0] / ours[0]:.2f}, of memory {ours[2] / theirs[2]:.2f}")
END

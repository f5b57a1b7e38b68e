#!/usr/bin/env bash
# What it costs to ask 200 pages that have not changed since the last time: treatywatch, urlwatch and, where its path is
# given, changedetection.io.
#
#     benches/peers/watchers.sh BINARY URLWATCH [CHANGEDETECTION]
#
# Needs curl, python3 and the other programs, as they are in the Python package index. Linux alone: each page is at an
# address of its own, 127.0.1.1 to 127.0.1.200. Not part of CI: compare what one run prints.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
binary=$(realpath "${1:?usage: watchers.sh BINARY URLWATCH [CHANGEDETECTION]}")
# Not realpath: what a link in a virtual environment leads to is outside of it.
urlwatch=$(realpath --no-symlinks "${2:?usage: watchers.sh BINARY URLWATCH [CHANGEDETECTION]}")
changedetection=${3:+$(realpath --no-symlinks "$3")}
PAGES=200
ROUNDS=3
# shellcheck source=tests/interop/lib.sh
. "$here/../../tests/interop/lib.sh"
cd "$dir"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG

touch server.log
python3 "$here/server.py" "$PAGES" >server.log 2>&1 &
processes+=($!)
wait_until "the pages are there" logged server.log "listening on"
port=$(sed -n 's/^listening on //p' server.log)

# ask PATH: what the server says
ask() {
    curl --silent --fail "http://127.0.1.1:$port/$1"
}

# count FIELD
count() {
    ask counts | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

all_asked() {
    [ $(($(count bodies) + $(count unchanged))) -ge "$PAGES" ]
}

# note NAME PROCESS: the seconds from the reset to the last page, the bodies, and the memory of a process
note() {
    count whole >>"$1.seconds"
    count bodies >>"$1.bodies"
    sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$2/status" >>"$1.kib"
}

{
    printf 'listen = "off"\n[sources]\ncontact = "desk@example.org"\n'
    for number in $(seq "$PAGES"); do
        printf '[[source]]\nname = "page-%d"\nkind = "page"\nurl = "http://127.0.1.%d:%d/page"\n' \
            "$number" "$number" "$port"
    done
} >treatywatch.toml
for number in $(seq "$PAGES"); do
    printf 'kind: url\nname: page-%d\nurl: http://127.0.1.%d:%d/page\nfilter: [html2text]\n---\n' \
        "$number" "$number" "$port"
done >urls.yaml
printf 'report: {stdout: {enabled: false}, text: {line_length: 75}}\n' >urlwatch.yaml

# All pages are due at once, which the schedule would spread over some minutes.
make_due() {
    python3 - <<'END'
import sqlite3

database = sqlite3.connect("treatywatch.db")
database.execute("update _source set next_at = null")
database.commit()
END
}

all_written() {
    [ "$(python3 -c 'import sqlite3; print(*sqlite3.connect("treatywatch.db").execute(
        "select count(*) from _source where next_at is not null").fetchone())')" = "$PAGES" ]
}

# pass_of_ours: the daemon from its start until every answer is written down
pass_of_ours() {
    ask reset >/dev/null
    "$binary" --db treatywatch.db serve >treatywatch.log 2>&1 &
    process=$!
    processes+=("$process")
    wait_until "treatywatch has asked every page" all_asked
    wait_until "treatywatch has written down every answer" all_written
}

end_of_ours() {
    kill -TERM "$process"
    wait "$process"
}

pass_of_urlwatch() {
    ask reset >/dev/null
    python3 - "$urlwatch" "$1" <<'END'
import resource
import subprocess
import sys
import time
from pathlib import Path

program, name = sys.argv[1:]
begun = time.monotonic()
done = subprocess.run(
    [program, "--urls", "urls.yaml", "--config", "urlwatch.yaml", "--cache", "urlwatch.db", "--hooks", "none.py"],
    check=False,
    capture_output=True,
)
took = time.monotonic() - begun
Path("urlwatch.log").write_bytes(done.stdout + done.stderr)
for what, value in (("seconds", took), ("kib", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)):
    with Path(f"{name}.{what}").open("a") as file:
        print(value, file=file)
END
    all_asked || fail "urlwatch has not asked every page: $(ask counts)"
    count bodies >>"$1.bodies"
}

is_up() {
    curl --silent --fail --output up.html "http://127.0.0.1:$ui/"
}

# of_changedetection PATH OPTION...: a call of its programming interface
of_changedetection() {
    curl --silent --fail --output answer.json --header "x-api-key: $key" "${@:2}" "http://127.0.0.1:$ui/api/v1/$1"
}

# It stays up between passes, as it is meant to; the others are started for each.
start_changedetection() {
    mkdir datastore
    ui=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    ALLOW_IANA_RESTRICTED_ADDRESSES=true FETCH_WORKERS=10 LOGGER_LEVEL=ERROR \
        "$changedetection" -d datastore -h 127.0.0.1 -p "$ui" >changedetection.log 2>&1 &
    its_process=$!
    processes+=("$its_process")
    wait_until "changedetection.io is up" is_up
    key=$(python3 -c 'import json, re; text = open("datastore/changedetection.json").read()
print(re.search(r"\"api_access_token\": *\"(.*?)\"", text)[1])')
    seq --format "http://127.0.1.%g:$port/page" "$PAGES" >urls.txt
    ask reset >/dev/null
    of_changedetection import --header "content-type: text/plain" --data-binary @urls.txt
    wait_until "changedetection.io has asked every page" all_asked
    # The last of them are still being written.
    sleep 5
}

pass_of_changedetection() {
    ask reset >/dev/null
    of_changedetection "watch?recheck_all=1"
    wait_until "changedetection.io has asked every page" all_asked
    note changedetection "$its_process"
    sleep 5
}

pass_of_ours
expect "bodies of the first pass" "$(count bodies)" "$PAGES"
end_of_ours
pass_of_urlwatch first
[ -z "$changedetection" ] || start_changedetection
acts() {
    python3 -c 'import sqlite3; print(*sqlite3.connect("treatywatch.db").execute("select count(*) from _act").fetchone())'
}
before=$(acts)
for _ in $(seq "$ROUNDS"); do
    make_due
    pass_of_ours
    note treatywatch "$process"
    end_of_ours
    pass_of_urlwatch urlwatch
    [ -z "$changedetection" ] || pass_of_changedetection
done
expect "bodies in each later pass" "$(sort -u treatywatch.bodies)" 0
expect "acts before and after" "$(acts)" "$before"

python3 - <<'END'
import statistics
from pathlib import Path

ours = None
for name in ("treatywatch", "urlwatch", "changedetection"):
    if Path(f"{name}.seconds").exists():
        files = (Path(f"{name}.{what}").read_text().split() for what in ("seconds", "kib", "bodies"))
        seconds, kib, bodies = (statistics.median(float(line) for line in file) for file in files)
        ours = ours or (seconds, kib)
        print(f"{name}: {seconds:.2f} s, {kib / 1024:.0f} MiB at most, {bodies:.0f} bodies;", end=" ")
        print(f"{seconds / ours[0]:.1f} times our time, {kib / ours[1]:.1f} times our memory")
END

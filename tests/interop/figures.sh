#!/usr/bin/env bash
# Prints the figures of docs/performance.md: time to start, memory and work while idle, sizes.
#
#     tests/interop/figures.sh BINARY
#
# Takes about a minute and a half. Not part of CI: figures of a busy machine mean nothing.
set -euo pipefail

binary=$(realpath "${1:?usage: figures.sh BINARY}")
RUNS=11
IDLE_S=60
READY_MAX_S=30
PORT=${FIGURES_PORT:-18490}

dir=$(mktemp -d)
daemon_pid=
clean_up() {
    code=$?
    [ -n "$daemon_pid" ] && kill -KILL "$daemon_pid" 2>/dev/null
    rm -rf "$dir"
    exit "$code"
}
trap clean_up EXIT

# The time in microseconds, without a process of its own.
now() {
    echo "${EPOCHREALTIME/[.,]/}"
}

# Whether the health endpoint answers 200. Without curl: starting it would take longer than the daemon.
well() {
    local status=
    exec {socket}<>"/dev/tcp/127.0.0.1/$PORT" || return 1
    printf 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n' >&"$socket"
    read -r -t 5 _ status _ <&"$socket" || true
    exec {socket}>&-
    [ "$status" = 200 ]
}

# Starts the daemon on a database; `started_us` is the time until it is well.
start() {
    local began deadline
    began=$(now)
    deadline=$((began + READY_MAX_S * 1000000))
    "$binary" --db "$1" --config treatywatch.toml serve >daemon.log 2>&1 &
    daemon_pid=$!
    until well 2>/dev/null; do
        [ "$(now)" -lt "$deadline" ] || { cat daemon.log && exit 1; }
        sleep 0.001
    done
    started_us=$(($(now) - began))
}

# Stops it; `stopped_us` is the time until it has ended.
stop() {
    local began
    began=$(now)
    kill -TERM "$daemon_pid"
    wait "$daemon_pid"
    stopped_us=$(($(now) - began))
    daemon_pid=
}

# median NUMBER...: of an odd count of numbers
median() {
    printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

ms() {
    printf '%d.%d ms' $(($1 / 1000)) $(($1 % 1000 / 100))
}

cd "$dir"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG
echo "listen = \"127.0.0.1:$PORT\"" >treatywatch.toml

first=()
again=()
ends=()
for run in $(seq "$RUNS"); do
    start "$run.db"
    first+=("$started_us")
    stop
    start "$run.db"
    again+=("$started_us")
    stop
    ends+=("$stopped_us")
done
echo "first start, which seeds a new database, until /healthz answers 200: $(ms "$(median "${first[@]}")") (median of $RUNS)"
echo "start with a seeded database, until /healthz answers 200: $(ms "$(median "${again[@]}")") (median of $RUNS)"
echo "stop after SIGTERM: $(ms "$(median "${ends[@]}")") (median of $RUNS)"

start 1.db
# User and system time, in ticks; the name in front of them holds no space.
ticks() {
    local stat
    read -r -a stat <"/proc/$daemon_pid/stat"
    echo $((stat[13] + stat[14]))
}
# The same of all threads, in nanoseconds: ticks are too coarse for so little work.
cpu_ns() {
    cat "/proc/$daemon_pid"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d", sum }'
}
sleep 5
before=$(ticks)
before_ns=$(cpu_ns)
sleep "$IDLE_S"
after=$(ticks)
after_ns=$(cpu_ns)
echo "idle: $(sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$daemon_pid/status") resident," \
    "$(sed -n 's/^RssAnon:[[:space:]]*//p' "/proc/$daemon_pid/status") of it not from files;" \
    "$((after - before)) ticks of $(getconf CLK_TCK) per second in $IDLE_S s," \
    "by the scheduler $(ms $(((after_ns - before_ns) / 1000)))"
stop

bytes() {
    printf '%d bytes' "$(stat --format %s "$1")"
}
echo "binary: $(bytes "$binary")"
echo "seeded database: $(bytes 1.db)"

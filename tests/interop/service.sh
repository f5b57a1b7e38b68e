#!/usr/bin/env bash
# Proves that the unit for systemd is in order, and leaves the daemon no more than it needs.
#
#     tests/interop/service.sh BINARY
#
# Needs systemd-analyze; nothing is installed or started.
set -euo pipefail

binary=$(realpath "${1:?usage: service.sh BINARY}")
here=$(cd "$(dirname "$0")" && pwd)
# Of 10, as `systemd-analyze security` counts; 0 would be a daemon that can do nothing.
EXPOSURE_MAX=2.5
# shellcheck source-path=SCRIPTDIR
source "$here/lib.sh"

unit=$dir/treatywatch.service
sed "s|/usr/local/bin/treatywatch|$binary|" "$here/../../docs/systemd/treatywatch.service" >"$unit"

verified=$(systemd-analyze verify "$unit" 2>&1) || fail "the unit cannot be loaded: $verified"
expect "what is wrong with the unit" "$verified" ""

analysis=$(systemd-analyze security --offline=true --no-pager "$unit" || true)
exposure=$(sed -nE 's/.*Overall exposure level for [^:]*: ([0-9.]+).*/\1/p' <<<"$analysis")
[ -n "$exposure" ] || fail "no exposure level in: $analysis"
awk -v found="$exposure" -v most="$EXPOSURE_MAX" 'BEGIN { exit !(found <= most) }' ||
    fail "the unit has the exposure level $exposure: expected at most $EXPOSURE_MAX"
pass "exposure level $exposure"

echo "$passed passed, 0 failed"

#!/usr/bin/env bash
# A long run of tests/integration/crash/kills.rs: the daemon is killed 2000 times while receivers fail.
#
#     tests/crash.sh [KILLS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."

export TREATYWATCH_KILLS=${1:-2000}
export TREATYWATCH_SEED=${2:-$(date +%s)}
cargo test --locked --test integration crash::kills -- --nocapture

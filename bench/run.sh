#!/usr/bin/env bash
# Runs the scenarios of a whole server (about two minutes) and then the benchmark of every module, on an optimised build.
# With arguments only those scenarios: actions, endpoints, events, latency, messages, recommendations, training. RAPPORT_BENCH_SCALE and RAPPORT_BENCH_SECONDS make
# them larger and longer; RAPPORT_BENCH_DATA names a folder with interactions.csv and items.csv to train on.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
data=${RAPPORT_BENCH_DATA:-../shared/data/movielens-1m}
[ -d "$data" ] || data=""

echo "$(nproc) cores, $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo)"
"$build/bench/scenarios/bench_scenarios" "$build/rapport" "$data" "$@"
[ $# -eq 0 ] || exit 0
for module in "$build"/bench/bench_*; do
  echo "== $(basename "$module")"
  "$module"
done

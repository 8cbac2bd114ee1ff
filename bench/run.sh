#!/usr/bin/env bash
# Runs the scenarios of a whole server and then the benchmark of every module, on an optimised build. RAPPORT_BENCH_SCALE
# and RAPPORT_BENCH_SECONDS make the scenarios longer; RAPPORT_BENCH_DATA names a folder with interactions.csv and
# items.csv to train on.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
data=${RAPPORT_BENCH_DATA:-../shared/data/movielens-1m}
[ -d "$data" ] || data=""

echo "$(nproc) cores, $(awk '/model name/ {sub(/.*: /, ""); print; exit}' /proc/cpuinfo)"
"$build/bench/scenarios/bench_scenarios" "$build/rapport" "$data" "$@"
for module in "$build"/bench/bench_*; do
  echo "== $(basename "$module")"
  "$module"
done

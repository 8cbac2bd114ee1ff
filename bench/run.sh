#!/usr/bin/env bash
# What a whole server does (bench/scenarios), about two minutes; then, with RAPPORT_BENCH_AREAS, its parts:
#   RAPPORT_BENCH_AREAS="records contract http" bench/run.sh
# RAPPORT_BENCH_SCALE and RAPPORT_BENCH_SECONDS make the scenarios larger and longer; RAPPORT_BENCH_DATA names a folder
# with interactions.csv and items.csv to train on. Arguments choose scenarios: endpoints, messages, training.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
data=${RAPPORT_BENCH_DATA:-../shared/data/movielens-1m}
[ -d "$data" ] || data=""

echo "$(nproc) cores, $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo)"
"$build/bench/scenarios/bench_scenarios" "$build/rapport" "$data" "$@"
for area in ${RAPPORT_BENCH_AREAS:-}; do
  echo "$area"
  "$build/bench/bench_$area"
done

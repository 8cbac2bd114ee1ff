#!/usr/bin/env bash
# Installs what Rapport needs on Debian 12: Debian's packages only. Asks the package manager nothing when all are there.
set -euo pipefail

packages=(
  # build
  ca-certificates g++ cmake ninja-build ccache mold pkg-config git python3 make
  clang-format-19
  # libraries
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libsqlite3-dev libpq-dev librocksdb-dev libjemalloc-dev libcurl4-openssl-dev libssl-dev libsodium-dev libsimdjson-dev
  libfmt-dev libspdlog-dev libeigen3-dev libopenblas-dev libxxhash-dev libre2-dev libroaring-dev zlib1g-dev
  libcctz-dev tzdata libicu-dev
  librdkafka-dev libnats-dev
  libphonenumber8 libgeocoding8 libprotobuf-dev libabsl-dev python3-phonenumbers
  libpugixml-dev libtomlplusplus-dev libcli11-dev libgtest-dev libgmock-dev libbenchmark-dev
  # peers of the tests
  awscli chromium nats-server postfix postgresql nodejs npm
)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
# A Node.js that came another way (18 or newer, with npm) is as good as Debian's.
if node --version 2>/dev/null | grep -qE '^v(1[89]|[2-9][0-9])' && npm --version >/dev/null 2>&1; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep -vxE 'nodejs|npm|')
fi
if [ ${#missing[@]} -ne 0 ]; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  echo "Installing Debian packages: ${missing[*]}"
  $sudo apt-get update -q
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
"$(dirname "$0")/phonenumber/fetch_headers.sh"

#!/usr/bin/env bash
# Unpacks libphonenumber's headers of Debian into the folder of this script. The package that has them cannot be installed
# beside libboost1.81-dev: it asks for Boost 1.74's headers, of which it uses none. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")"

version="$(dpkg-query -W -f='${Version}' libphonenumber8)"
[ "$(cat include/.version 2>/dev/null)" = "$version" ] && exit 0

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
(
  cd "$folder"
  apt-get download -q "libphonenumber-dev=$version" || {
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    $sudo apt-get update -q
    apt-get download -q "libphonenumber-dev=$version"
  }
  dpkg-deb -x libphonenumber-dev_*.deb unpacked
)
rm -rf include
cp -r "$folder/unpacked/usr/include" include
echo "$version" > include/.version

#!/usr/bin/env bash
# Fetch `ws`, the WebSocket library most Node programs use, once per machine: a test lets it read what broadcast packs.
#
# Needs Node with npm and installs them where it may. The folder is $SHOWCASE_CACHE or ~/.cache/showcase, then
# node-ws-<version>; only a folder that is whole gets that name.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/../installing.sh"

what="a test with Node's WebSocket library"
version="$(sed -n 's/.*"ws": "\(.*\)".*/\1/p' "$here/package.json")"
cache="${SHOWCASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/showcase}"
home="$cache/node-ws-$version"

not_run() {
    echo "Not run: $what. $1"
    [ "${SHOWCASE_REQUIRE:-}" != all ]
    exit
}

missing=()
have_any node || missing+=(nodejs)
if [ ! -d "$home" ]; then have_any npm || missing+=(npm); fi
install_or_say "$what" "${missing[@]}"
have_any node || not_run "Node is missing."
if [ -d "$home" ]; then exit 0; fi
have_any npm || not_run "npm is missing."

mkdir -p "$cache"
exec 9>"$cache/node-ws.lock"
flock 9 # two checkouts may be tested at the same time
if [ -d "$home" ]; then exit 0; fi
rm -rf "$home.fetching"
mkdir "$home.fetching"
cp "$here/package.json" "$home.fetching"
timeout 120 npm install --silent --no-audit --no-fund --prefix "$home.fetching" >"$cache/node-ws.log" 2>&1 ||
    not_run "npm could not fetch it; $cache/node-ws.log says why."
mv "$home.fetching" "$home"

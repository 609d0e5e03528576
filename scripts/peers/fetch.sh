#!/usr/bin/env bash
# Fetch the servers that fan-out is compared with, once per machine: picows (with uvloop), `ws` for Node, nchan for nginx.
#
# They are only run beside ours, never imported or shipped. What cannot be had here is left out of the comparison, and the
# bench says so. The folder is $SHOWCASE_CACHE or ~/.cache/showcase, then peers-<digest of what is wanted>; nchan is
# unpacked from Debian's package into it, so that nginx as it is installed stays as it is.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="$here/../../.venv/bin/python"
cache="${SHOWCASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/showcase}"
home="$cache/peers-$(cat "$here/requirements.txt" "$here/package.json" | sha256sum | cut -c1-12)"

mkdir -p "$home"
exec 9>"$cache/peers.lock"
flock 9 # two checkouts may be measured at the same time

picows() {
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --target "$1" -r "$here/requirements.txt"
}
ws() {
    mkdir "$1" && cp "$here/package.json" "$1" && npm install --silent --no-audit --no-fund --prefix "$1"
}
nchan() {
    mkdir "$1" && cd "$1" && apt-get -qq download libnginx-mod-nchan && dpkg-deb -x ./*.deb .
}

there() { # what is compiled for another Python is not
    [ -d "$home/$1" ] && { [ "$1" != picows ] || PYTHONPATH="$home/picows" "$python" -c "import picows, uvloop" 2>/dev/null; }
}

for one in picows ws nchan; do
    if there "$one"; then continue; fi
    rm -rf "$home/$one" "$home/$one.fetching"
    if ("$one" "$home/$one.fetching") >"$home/$one.log" 2>&1; then
        mv "$home/$one.fetching" "$home/$one"
    else
        rm -rf "$home/$one.fetching"
        echo "Not run: the comparison with $one. It could not be fetched; $home/$one.log says why."
    fi
done

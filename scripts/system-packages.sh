#!/usr/bin/env bash
# Look for the two system tools that some tests and measurements need, and install what is missing where that is
# possible: a C compiler with zlib (the bare send loop that fan-out is compared with, the load client) and strace (do
# flushes really happen?).
set -euo pipefail
source "$(dirname "$0")/installing.sh"

missing=()
have_any cc || missing+=(gcc libc6-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
have_any strace || missing+=(strace)
install_or_say "tests that need a C compiler or strace" "${missing[@]}"

# The front door and what watches over it, as they are shipped in deploy/.
missing=()
have_any nginx /usr/sbin/nginx || missing+=(nginx-light)
have_any promtool || missing+=(prometheus)
install_or_say "tests of deploy/ that need nginx or promtool" "${missing[@]}"

#!/usr/bin/env bash
# Look for a browser and for a font with Chinese characters, and install what is missing where that is possible.
# What cannot be had is said, with the reason; it is a failure only under SHOWCASE_REQUIRE=all.
set -euo pipefail
source "$(dirname "$0")/installing.sh"

missing=()
have_any chromium chromium-browser google-chrome || missing+=(chromium)
has_chinese_font || missing+=(fontconfig fonts-noto-cjk)
install_or_say "browser tests" "${missing[@]}"

# Sourced by the scripts beside it: look for programs, install Debian packages where we may, or say why not.

have_any() {
    for one in "$@"; do
        if command -v "$one" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_chinese_font() { have_any fc-list && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }

# install_or_say WHAT-FOR PACKAGE...
install_or_say() {
    local what="$1" reason
    shift
    if [ $# -eq 0 ]; then return 0; fi
    if ! have_any apt-get; then
        reason="this system has no apt-get"
    elif [ "$(id -u)" != 0 ]; then
        reason="only root may install packages"
    elif { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@"; } >/dev/null 2>&1; then
        echo "Installed for $what: $*"
        return 0
    else
        reason="apt-get could not install them"
    fi
    echo "Not run: some $what. Missing: $*; $reason."
    [ "${SHOWCASE_REQUIRE:-}" != all ]
}

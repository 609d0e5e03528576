#!/usr/bin/env bash
# Make .venv, if it is not there, and install the given requirement into it. Usage: scripts/venv.sh REQUIREMENT
#
# Takes $PYTHON, or the first Python on the path that is new enough. A .venv whose Python is gone is made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for one in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$one"; then
            echo "$one"
            return
        fi
    done
    echo "Showcase needs Python 3.11 or newer; found: $("${PYTHON:-python3}" --version 2>&1 || echo none)." >&2
    echo "Install it, or say where it is: make setup PYTHON=/path/to/python3.12" >&2
    exit 2
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! new_enough .venv/bin/python; then
    python="$(find_python)"
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "$python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
        exit 2
    fi
fi
echo "Installing into .venv (only when pyproject.toml changes) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable "$1"

#!/usr/bin/env bash
# apt-install.sh PACKAGE…: installs those that are missing; asks the network only then. Works as root or with sudo.
# ONE|OTHER names a package that not every release has: the first that the package lists have is installed.
set -euo pipefail

is_installed() {
    local status
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) && [ "$status" = installed ]
}

# The first of the names that the lists have; the first of all where they have none.
chosen() {
    local package
    for package in ${1//|/ }; do
        if is_installed "$package" || apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
            echo "$package"
            return
        fi
    done
    echo "${1%%|*}"
}

missing=()
for names in "$@"; do is_installed "$(chosen "$names")" || missing+=("$names"); done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "These packages are missing, and there is no sudo to install them with: ${missing[*]}" >&2
        echo "As root: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq

# A name that no list has is left to apt-get, which says so.
packages=()
for names in "${missing[@]}"; do packages+=("$(chosen "$names")"); done
echo "installing ${packages[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null

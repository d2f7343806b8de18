#!/usr/bin/env bash
# apt-install.sh PACKAGE…: installs those that are missing; asks the network only then. Works as root or with sudo.
# ONE|OTHER names a package that releases call differently: the first that the package lists have is installed.
set -euo pipefail

is_installed() {
    local status
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) && [ "$status" = installed ]
}

missing=()
for names in "$@"; do
    found=
    for package in ${names//|/ }; do if is_installed "$package"; then found=1; fi; done
    [ -n "$found" ] || missing+=("$names")
done
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
for names in "${missing[@]}"; do
    chosen=${names%%|*}
    for package in ${names//|/ }; do
        if apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
            chosen=$package
            break
        fi
    done
    packages+=("$chosen")
done
echo "installing ${packages[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null

#!/usr/bin/env bash
"$(dirname "$0")/apt-install.sh" make pkg-config binutils g++ libavformat-dev libavcodec-dev libavutil-dev libswscale-dev \
    libswresample-dev libuv1-dev "libllhttp-dev|node-llhttp" libwslay-dev libssl-dev libsqlite3-dev libmongoc-dev libhiredis-dev libcurl4-openssl-dev \
    libseccomp-dev libsodium-dev "libjpeg62-turbo-dev|libjpeg-dev" liblcms2-dev zlib1g-dev libxml2-dev || exit
# What the build needs: C libraries by package name, and Swift where no `swift` is on the path. Quick when everything is there.
# (libxml2 is for FoundationXML when Swift's libraries are linked into the program.)
# Debian 13 packages Swift; on Debian 12 a toolchain of swift.org must be on the path.
set -euo pipefail
cd "$(dirname "$0")"
command -v swift >/dev/null || ./apt-install.sh swiftlang || {
    echo "There is no swift on the path, and this release does not package it: install Swift 6.0 or later from swift.org." >&2
    exit 1
}
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\).*/\1/p')
if [ "${version:-0}" -lt 6 ]; then
    echo "$(command -v swift) is Swift ${version:-of an unknown version}: Darkroom needs 6.0 or later." >&2
    exit 1
fi

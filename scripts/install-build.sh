#!/usr/bin/env bash
# What the build needs beside Swift: C libraries of Debian 12, by package name. Quick when everything is there.
# (Debian 13 has libllhttp-dev instead of node-llhttp's sources: Sources/System/CLLHTTP would include that.)
set -euo pipefail
cd "$(dirname "$0")"
exec ./apt-install.sh make pkg-config \
    libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev \
    libuv1-dev node-llhttp libwslay-dev libssl-dev libsqlite3-dev libcurl4-openssl-dev \
    libseccomp-dev libjpeg62-turbo-dev liblcms2-dev zlib1g-dev

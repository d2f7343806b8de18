#!/usr/bin/env bash
# What the tests and the demo need beside the build: commands by package name, and the Python clients in .build/venv.
# Quick when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for command in curl ffmpeg espeak-ng openssl python3 file; do command -v "$command" >/dev/null || missing+=("$command"); done
# S3 in its strictest form, for the object store's tests.
for command in radosgw ceph-mon ceph-osd ceph-mgr; do command -v "$command" >/dev/null || missing+=("$command"); done
command -v ceph >/dev/null || missing+=(ceph-common)
# The browser that the JavaScript clients run in.
command -v chromium >/dev/null || missing+=(chromium)
# A clock that steps, for one program alone.
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
if [ ${#missing[@]} -gt 0 ]; then scripts/apt-install.sh "${missing[@]}"; fi
exec scripts/install-clients.sh

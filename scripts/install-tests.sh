#!/usr/bin/env bash
"$(dirname "$0")/apt-install.sh" curl ffmpeg espeak-ng openssl python3 python3-venv file radosgw ceph-mon ceph-osd ceph-mgr ceph-common chromium libfaketime libimage-exiftool-perl jq redis-server prometheus nginx-light caddy sqlite3 nodejs node-typescript default-jre-headless "node-mongodb|nodejs" "node-express|nodejs" clamav-daemon apertium-apy apertium-eng-spa apertium-fra-cat || exit
# What the tests need beside the build: commands by package name (radosgw and its like are S3 in its strictest form; chromium is the
# browser that the JavaScript clients run in; libfaketime gives one program a clock that steps; jq is of the README's examples;
# redis-server is what several nodes share; prometheus has promtool, too; nginx, Caddy and
# sqlite3 are of docs/operations.md; node-mongodb and node-express are of chat servers in Node;
# Java runs the generator of clients, which TypeScript compiles; Apertium translates; clamd scans), and the Python clients in .build/venv. Quick when everything
# is there.
set -euo pipefail
exec "$(dirname "$0")/install-clients.sh"

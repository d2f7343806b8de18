#!/usr/bin/env bash
python3 -c 'import ensurepip, venv' 2>/dev/null || "$(dirname "$0")/apt-install.sh" python3 python3-venv
# The chat clients that the demo and the tests drive, in a virtual environment inside the build folder.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=Tests/Clients/requirements.txt
installed=.build/venv/installed.txt
if ! cmp -s "$wanted" "$installed"; then
    python3 -m venv .build/venv
    .build/venv/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$installed"
fi
# The socket.io client of browsers: one file of a wheel that carries it; the rest of the wheel is not wanted.
if [ ! -f .build/venv/socket.io.min.js ]; then
    wheels=$(mktemp -d)
    trap 'rm -r "$wheels"' EXIT
    .build/venv/bin/pip download --quiet --disable-pip-version-check --no-deps --dest "$wheels" nicegui==3.18.0
    .build/venv/bin/python -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
        "$wheels"/nicegui-*.whl nicegui/static/socket.io.min.js > "$wheels/socket.io.min.js"
    mv "$wheels/socket.io.min.js" .build/venv/
fi

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

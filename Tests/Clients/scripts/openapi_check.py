"""Holds a description of an API against the running service, with schemathesis.

usage: openapi_check.py BASE PREFIX TOKEN EXAMPLES [--on-behalf-of USER]

Prints schemathesis's report; fails where a response does not fit the description, and where the description is not valid.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import openapi_spec_validator
import requests

FOLDER = os.path.dirname(os.path.abspath(__file__))

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("prefix")
parser.add_argument("token")
parser.add_argument("examples")
parser.add_argument("--on-behalf-of")
arguments = parser.parse_args()

document = requests.get(arguments.base + arguments.prefix + "/openapi.json", timeout=30).json()
openapi_spec_validator.validate(document)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "openapi.json")
    with open(path, "w") as file:
        json.dump(document, file)
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"),
        "--config-file", os.path.join(FOLDER, "openapi_check.toml"), "run", path,
        "--url", arguments.base + arguments.prefix, "--header", f"Authorization: Bearer {arguments.token}",
        "--generation-deterministic",
        "--max-examples", arguments.examples, "--workers", "1", "--warnings", "off", "--request-timeout", "60",
        "--no-color",
    ]
    if arguments.on_behalf_of:
        command += ["--header", f"X-On-Behalf-Of: {arguments.on_behalf_of}"]
    ended = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": FOLDER, "OPENAPI_DOCUMENT": path})
print(ended.stdout)
sys.exit(ended.returncode)

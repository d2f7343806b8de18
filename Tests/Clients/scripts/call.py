"""One HTTP call by the requests library; prints {"status", "headers", "body", "size"} as a line of JSON.

usage: call.py METHOD URL [--header "Name: value"]... [--json TEXT] [--field NAME VALUE]... [--file NAME PATH]... [--body PATH]
    [--no-redirects]
       call.py METHOD URL [--header "Name: value"]... --part NAME TEXT|@PATH... (a form in that order)
       call.py METHOD URL [--header "Name: value"]... --encoded NAME VALUE... (an urlencoded form in that order)
"""

import argparse
import json
import pathlib

import requests

parser = argparse.ArgumentParser()
parser.add_argument("method")
parser.add_argument("url")
parser.add_argument("--header", action="append", default=[])
parser.add_argument("--json")
parser.add_argument("--field", nargs=2, action="append", default=[])
parser.add_argument("--file", nargs=2, action="append", default=[])
parser.add_argument("--body")
parser.add_argument("--no-redirects", action="store_true")
parser.add_argument("--part", nargs=2, action="append", default=[])
parser.add_argument("--encoded", nargs=2, action="append", default=[])
options = parser.parse_args()

headers = dict(line.split(": ", 1) for line in options.header)
files = [(name, (pathlib.Path(path).name, open(path, "rb"))) for name, path in options.file]
for name, value in options.part:
    path = pathlib.Path(value[1:])
    files.append((name, (path.name, open(path, "rb")) if value.startswith("@") else (None, value)))
fields = options.field
data = fields or None
if fields and not files:
    files, data = [(name, (None, value)) for name, value in fields], None
if options.encoded:
    data = [tuple(field) for field in options.encoded]
if options.json is not None:
    headers["Content-Type"] = "application/json"
    data = options.json.encode()
if options.body is not None:
    data = pathlib.Path(options.body).read_bytes()
answer = requests.request(
    options.method, options.url, headers=headers, data=data, files=files or None, timeout=60,
    allow_redirects=not options.no_redirects,
)
try:
    body = answer.json()
except ValueError:
    body = None
print(
    json.dumps(
        {
            "status": answer.status_code,
            "headers": {name.lower(): value for name, value in answer.headers.items()},
            "body": body,
            "size": len(answer.content),
        }
    )
)

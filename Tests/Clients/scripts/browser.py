"""Runs a flow of a chat client in a real browser: headless Chromium with the socket.io client, on a page of its own origin.

usage: browser.py BASE FLOW [--parameter NAME VALUE]... [--file NAME PATH]... [--port PORT] [--timeout S]

FLOW is a file of scripts/browser (imagekit.js); support.js there says what it is written with. Prints each line that the flow
says, as JSON, and {"failed": …} with status 1 when it throws or does not end in time. The page's origin is
http://127.0.0.1:PORT, any free port unless told otherwise: the service must allow it (DARKROOM_CORS_ORIGINS).
"""

import argparse
import http.server
import json
import mimetypes
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("flow")
parser.add_argument("--parameter", nargs=2, action="append", default=[])
parser.add_argument("--file", nargs=2, action="append", default=[])
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--timeout", type=float, default=240)
options = parser.parse_args()

folder = pathlib.Path(__file__).parent / "browser"
files = {name: pathlib.Path(path) for name, path in options.file}
pages = {
    "/": (folder / "page.html", "text/html; charset=utf-8"),
    "/support.js": (folder / "support.js", "text/javascript; charset=utf-8"),
    "/flow.js": (folder / options.flow, "text/javascript; charset=utf-8"),
    "/socket.io.min.js": (pathlib.Path(sys.prefix) / "socket.io.min.js", "text/javascript; charset=utf-8"),
}
setup = json.dumps({"base": options.base, "parameters": dict(options.parameter)}).encode()
lines = queue.Queue()


class Pages(http.server.BaseHTTPRequestHandler):
    """The page's own origin."""

    def do_GET(self):
        if self.path == "/setup":
            self.answer(setup, "application/json")
        elif self.path in pages:
            path, kind = pages[self.path]
            self.answer(path.read_bytes(), kind)
        elif self.path.startswith("/files/") and self.path[7:] in files:
            path = files[self.path[7:]]
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self.answer(path.read_bytes(), kind, path.name)
        else:
            self.send_error(404)

    def do_POST(self):
        lines.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"", "text/plain")

    def answer(self, body, kind, name=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if name:
            self.send_header("X-File-Name", name)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


chromium = shutil.which("chromium")
if not chromium:
    sys.exit("chromium is missing; install it with: scripts/install-tests.sh")
server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Pages)
threading.Thread(target=server.serve_forever, daemon=True).start()
with tempfile.TemporaryDirectory() as profile:
    browser = subprocess.Popen(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            f"--user-data-dir={profile}",
            f"http://127.0.0.1:{server.server_port}/",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while "say" in (line := lines.get(timeout=options.timeout)):
            print(json.dumps(line["say"]), flush=True)
    except queue.Empty:
        line = {"failed": f"the flow did not end within {options.timeout} s"}
    finally:
        browser.terminate()
        browser.wait()
if "failed" in line:
    print(json.dumps(line), flush=True)
    sys.exit(1)

"""Gets an answer from a server that answers as no service does, to see that it is noticed.

usage: odd_answers.py CASE

A CASE is a name of ANSWERS. The server runs in this process, and is taken for a service because it sends X-Request-Id.
"""

import http.server
import json
import sys
import threading

import requests

PROBLEM = {"type": "about:blank", "title": "t", "detail": "d", "status": 404}
EMPTY = {"media": [], "moreAfter": None}
# By name: path, status, media type, body, other fields.
ANSWERS = {
    "as described": ("/v1/media", 200, "application/json", EMPTY, {}),
    "status": ("/v1/media", 202, "application/json", EMPTY, {}),
    "member too many": ("/v1/media", 200, "application/json", EMPTY | {"more": 1}, {}),
    "member of another type": ("/v1/media", 200, "application/json", EMPTY | {"moreAfter": 1}, {}),
    "missing member": ("/v1/media", 200, "application/json", {"media": []}, {}),
    "media type": ("/v1/media", 200, "text/plain", EMPTY, {}),
    "no JSON": ("/v1/media", 200, "application/json", None, {}),
    "code": ("/v1/media/1", 404, "application/problem+json", PROBLEM | {"code": "nothing_is_called_so"}, {}),
    "route": ("/v1/nothing", 200, "application/json", {}, {}),
    "field": ("/openapi.json", 200, "application/json", {}, {}),
    "chat system": ("/rooms/api/v1/chat/rooms", 200, "application/json", {}, {}),
}
path, status, media_type, body, fields = ANSWERS[sys.argv[1]]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(status)
        text = b"{" if body is None else json.dumps(body).encode()
        for name, value in {"X-Request-Id": "1", "Content-Type": media_type, "Content-Length": len(text), **fields}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(requests.get(f"http://127.0.0.1:{server.server_port}{path}", timeout=60).status_code)

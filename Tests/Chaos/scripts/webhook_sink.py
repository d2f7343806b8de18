"""A receiver of webhooks that may be killed: it writes a line for each request to a file, and to the disk, before it accepts it.

usage: webhook_sink.py PORT FILE SECRET REFUSED

REFUSED is the share of requests that are answered with 500 instead, each after it was written as refused.
"""

import http.server
import json
import os
import random
import sys
import threading

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

port, path, secret, refused = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
lock = threading.Lock()
log = open(path, "a")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # The sender was killed: this is no request.
            self.close_connection = True
            return
        try:
            event = Webhook(secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
        except WebhookVerificationError:
            event = None
        status = 500 if random.random() < refused else 200
        data = event["data"] if event else {}
        line = {
            "id": self.headers["webhook-id"],
            "signed": event is not None,
            "type": event and event["type"],
            "message": (data.get("message") or {}).get("id"),
            "status": status,
        }
        with lock:
            log.write(json.dumps(line) + "\n")
            log.flush()
            os.fsync(log.fileno())
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """Connections of a killed process end anywhere."""


server = Server(("127.0.0.1", port), Handler)
print(json.dumps({"port": server.server_address[1]}), flush=True)
server.serve_forever()

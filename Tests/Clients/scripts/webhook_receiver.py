"""A receiver of webhooks, which checks their signatures with the library of Standard Webhooks.

usage: webhook_receiver.py PORT SECRET...

Reads lines {"path": P, "answers": [A, ...]}: how the next requests to a path are answered, each by a status, "hang" for no answer, "redirect" for
302 to another path, "long" for 200 with a body that does not end, "{…" for 200 with that body. All other requests are answered with 200. Prints
{"port": N}, then a line for each request as it arrives: "valid" are the places of the secrets that have signed it. Ends when its standard input is
closed, and with status 1 at an event that is not as `darkroom asyncapi` describes it.
"""

import http.server
import json
import os
import sys
import threading

import described_events
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

port, secrets = int(sys.argv[1]), sys.argv[2:]
lock = threading.Lock()
ended = threading.Event()
answers = {}


def valid(body, headers):
    """The places of the secrets that have signed a request, and its event."""
    places, event = [], None
    for place, secret in enumerate(secrets):
        try:
            event = Webhook(secret).verify(body, headers)
            places.append(place)
        except WebhookVerificationError:
            pass
    return places, event


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def respond(self, status, fields=None, body=b""):
        self.send_response(status)
        for name, value in (fields or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            print(json.dumps({"path": self.path, "method": "GET"}), flush=True)
        self.respond(200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        places, event = valid(body, {name.lower(): value for name, value in self.headers.items()})
        if event and (problem := described_events.undescribed("native", event["type"], event)):
            print(json.dumps({"undescribed": problem}), flush=True)
            print(problem, file=sys.stderr, flush=True)
            os._exit(1)
        with lock:
            waiting = answers.get(self.path, [])
            answer = waiting.pop(0) if waiting else "200"
            line = {
                "path": self.path,
                "id": self.headers["webhook-id"],
                "type": self.headers["content-type"],
                "valid": places,
                "event": event,
                "answer": answer,
            }
            print(json.dumps(line), flush=True)
        if answer == "hang":
            ended.wait()
        elif answer == "redirect":
            self.respond(302, {"Location": "/redirected"})
        elif answer == "long":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            self.wfile.write(bytes(128 << 10))
            self.wfile.flush()
            ended.wait()
        elif answer.startswith("{"):
            self.respond(200, {"Content-Type": "application/json"}, answer.encode())
        else:
            self.respond(int(answer))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", port), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"port": server.server_address[1]}), flush=True)
for text in sys.stdin:
    if text.strip():
        order = json.loads(text)
        with lock:
            answers[order["path"]] = order["answers"]
            print(json.dumps({"ready": order["path"]}), flush=True)
ended.set()

"""A chat server that receives events for devices, and checks their signatures with the library of Standard Webhooks.

usage: push_receiver.py SECRET PORT [ANSWER...]

Each ANSWER is a status, "long" for 200 with a body that does not end, or "hang" for none, for one request after the other; all later ones are answered with 200. Prints
{"port": N}, then a line for each request as it arrives, and ends when its standard input is closed.
"""

import http.server
import json
import sys
import threading

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

secret, port, answers = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
lock = threading.Lock()
ended = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            event = Webhook(secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
            problem = None
        except WebhookVerificationError as error:
            event, problem = None, str(error)
        with lock:
            answer = answers.pop(0) if answers else "200"
            line = {
                "id": self.headers["webhook-id"],
                "type": self.headers["content-type"],
                "event": event,
                "problem": problem,
                "answer": answer,
            }
            print(json.dumps(line), flush=True)
        if answer == "hang":
            ended.wait()
            return
        if answer == "long":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            self.wfile.write(bytes(128 << 10))
            self.wfile.flush()
            ended.wait()
            return
        self.send_response(int(answer))
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", port), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"port": server.server_address[1]}), flush=True)
sys.stdin.read()
ended.set()

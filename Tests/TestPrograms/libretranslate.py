"""A stand-in for LibreTranslate: its API, as its documentation has it, with a dictionary of a few words.

    libretranslate.py

Prints its port as one line, and ends when its standard input is closed. An unknown text is translated to "[TARGET] TEXT". The
text "slow" is answered after a minute, "late" translated after three seconds, "broken" with 500. A request needs the API key "secret"."""

import http.server
import json
import sys
import threading
import time

KNOWN = {("Good morning", "es"): "Buenos días", ("Good morning", "fr"): "Bonjour"}
LANGUAGES = {"en", "es", "fr", "de"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["q"]
        if body.get("api_key") != "secret":
            return self.answer(403, {"error": "Invalid API key"})
        if text == "slow":
            time.sleep(60)
        if text == "broken":
            return self.answer(500, {"error": "Internal error"})
        if self.path == "/detect":
            unsure = "?" in text
            language = "es" if "Hola" in text else "en"
            return self.answer(200, [{"confidence": 10.0 if unsure else 92.0, "language": language}])
        if text == "late":
            time.sleep(3)
        source, target = body["source"], body["target"]
        if body["format"] != "text" or source not in LANGUAGES or target not in LANGUAGES:
            return self.answer(400, {"error": f"{source} or {target} is not supported"})
        self.answer(200, {"translatedText": KNOWN.get((text, target), f"[{target}] {text}")})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()

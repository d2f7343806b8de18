"""Runs the program as a service manager does: with a socket for its notifications, SIGHUP, and a listening socket that it is passed.
Prints what was seen, as {name: true or what was seen instead}.

usage: service_manager.py DARKROOM FOLDER (reload FILE | access FORMAT FILE | socket | keyset KEYS TOKEN)
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

import requests

program, folder, scenario, *rest = sys.argv[1:]
folder = pathlib.Path(folder)
patience = 120
facts = {}
VIDEO = "/bananatalk/api/v1/messages/video"
CONFIGURATION = "/bananatalk/api/v1/messages/video-config"


def token(secret, **claims):
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    content = encode(b'{"alg":"HS256"}') + b"." + encode(json.dumps({"sub": "ann", "exp": time.time() + 3600, **claims}).encode())
    return (content + b"." + encode(hmac.new(secret.encode(), content, hashlib.sha256).digest())).decode()


class Service:
    """The program, and what it writes."""

    def __init__(self, settings, arguments=("--listen", "127.0.0.1:0"), passed=None):
        self.errors = folder / f"errors-{time.monotonic_ns()}"
        environment = {**os.environ, "DARKROOM_DATA": str(folder / "data"), **settings}
        command = [program, "serve", *arguments]
        more = {}
        if passed is not None:
            environment["LISTEN_FDS"] = "1"
            command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]
            more = {"preexec_fn": lambda: os.dup2(passed.fileno(), 3), "pass_fds": (3,)}
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, **more)
        self.base = self.process.stdout.readline().decode().split()[-1]

    def log(self):
        return self.errors.read_text()

    def wait_for(self, text):
        deadline = time.monotonic() + patience
        while text not in self.log() and time.monotonic() < deadline:
            time.sleep(0.05)
        return text in self.log()

    def status(self, path, bearer, **fields):
        return requests.get(self.base + path, headers={"Authorization": f"Bearer {bearer}", **fields}, timeout=patience).status_code

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)


class Manager:
    """The notifications of the program, in their order."""

    def __init__(self):
        self.name = f"darkroom-test-{os.getpid()}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + self.name)
        self.socket.settimeout(patience)

    def next(self, wanted):
        """The next notification that has the variable; others are passed over."""
        while True:
            lines = dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))
            if wanted in lines:
                return lines


def multipart(file):
    return (
        b'--b\r\nContent-Disposition: form-data; name="receiver"\r\n\r\nbob\r\n'
        b'--b\r\nContent-Disposition: form-data; name="video"; filename="clip.mp4"\r\n\r\n' + pathlib.Path(file).read_bytes() + b"\r\n--b--\r\n"
    )


def service_key(name, file):
    made = subprocess.run([program, "service-key", name, "--file", str(file)], capture_output=True, check=True, text=True)
    return made.stdout.strip()


def reload(file):
    old, new = "the old secret of the chat server", "the new secret of the chat server"
    secrets, keys, level = folder / "secrets", folder / "keys", folder / "level"
    secrets.write_text(old + "\n")
    keys.touch(mode=0o600)
    first = service_key("backend", keys)
    manager = Manager()
    service = Service(
        {
            "JWT_SECRET_FILE": str(secrets), "DARKROOM_SERVICE_KEYS_FILE": str(keys), "DARKROOM_LOG_LEVEL_FILE": str(level),
            "NOTIFY_SOCKET": "@" + manager.name, "WATCHDOG_USEC": "1000000",
        }
    )
    ready = manager.next("READY")
    facts["ready"] = ready["READY"] == "1" and service.base in ready["STATUS"] or ready
    for _ in range(2):
        facts["watchdog"] = manager.next("WATCHDOG")["WATCHDOG"] == "1"
    facts["keys are private"] = keys.stat().st_mode & 0o777 == 0o600
    facts["the file has no key"] = first not in keys.read_text()
    facts["old token"] = service.status(CONFIGURATION, token(old)) == 200
    facts["first key"] = service.status("/v1/media", first) == 200
    facts["new token is not valid yet"] = service.status(CONFIGURATION, token(new)) == 401

    address = urllib.parse.urlsplit(service.base)
    body = multipart(file)
    upload = socket.create_connection((address.hostname, address.port), timeout=patience)
    head = f"POST {VIDEO} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token(old)}\r\n"
    head += f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
    upload.sendall(head.encode() + body[: len(body) // 2])

    def hang_up():
        service.process.send_signal(signal.SIGHUP)
        lines = manager.next("RELOADING")
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        isReloading = lines["RELOADING"] == "1" and 0 <= now - int(lines["MONOTONIC_USEC"]) < patience * 1_000_000
        return isReloading and manager.next("READY")["READY"] == "1"

    # The request has reached its handler, which waits for the rest.
    while "darkroom_uploads_in_flight 1" not in requests.get(service.base + "/metrics", headers={"Authorization": f"Bearer {first}"}, timeout=patience).text:
        time.sleep(0.05)
    secrets.write_text(f"{new}\n{old}\n")
    facts["first reload"] = hang_up()
    facts["both tokens"] = [service.status(CONFIGURATION, token(secret)) for secret in (new, old)] == [200, 200]
    secrets.write_text(new)
    keys.write_text("# none\n")
    second = service_key("backend", keys)
    level.write_text("debug\n")
    facts["second reload"] = hang_up()
    answer = requests.get(service.base + CONFIGURATION, headers={"Authorization": f"Bearer {token(old)}"}, timeout=patience)
    facts["old token is refused"] = answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    facts["and why"] = challenge == 'Bearer error="invalid_token", error_description="The signature of the token does not match"' or challenge
    facts["new token"] = service.status(CONFIGURATION, token(new)) == 200
    facts["keys"] = [service.status("/v1/media", key) for key in (first, second)] == [401, 200]
    facts["level"] = service.wait_for("level=debug")
    upload.sendall(body[len(body) // 2 :])
    facts["upload"] = upload.makefile("rb").readline().split()[1] == b"201"

    secrets.write_text("short")
    facts["reload of a bad file"] = hang_up()
    facts["it changes nothing"] = service.status(CONFIGURATION, token(new)) == 200 and "level=error" in service.log()
    level.unlink()
    secrets.write_text(new)
    facts["log"] = service.wait_for("The signature of the token does not match") and all(
        secret not in service.log() for secret in (first, second, old, new, token(old)[:60])
    )
    service.process.send_signal(signal.SIGTERM)
    facts["stopping"] = manager.next("STOPPING")["STOPPING"] == "1"
    facts["exit"] = service.process.wait(patience) == 0


def access(format, file):
    secret = "the secret of the chat server"
    service = Service(
        {
            "JWT_SECRET": secret, "DARKROOM_ACCESS_LOG": "on", "DARKROOM_LOG_FORMAT": format, "DARKROOM_TRUSTED_PROXIES": "127.0.0.1",
        }
    )
    user, chat_server = token(secret), token(secret, sub="backend", scope="service")
    fields = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "upload-1", "Content-Type": "multipart/form-data; boundary=b"}
    body = multipart(file)
    sent = requests.post(service.base + VIDEO, data=body, headers={"Authorization": f"Bearer {user}", **fields}, timeout=patience)
    facts["upload"] = sent.status_code == 201 or sent.text
    url = sent.json()["data"]["media"]["url"]
    read = requests.get(url, headers={"X-Request-Id": "read-1"}, timeout=patience)
    facts["file"] = read.status_code == 200
    service.status(CONFIGURATION + "?secret=in-the-query", chat_server, **{"X-On-Behalf-Of": "bob", "X-Request-Id": "service-1"})
    service.status("/v1/media", user[:-8] + "AAAAAAAA", **{"X-Request-Id": "forged-1"})
    service.status("/no/such/path", user, **{"X-Request-Id": "lost-1"})
    facts["socket"] = requests.get(service.base + "/bananatalk/socket.io/", params={"EIO": "4", "transport": "polling", "token": user}, headers={"X-Request-Id": "socket-1"}, timeout=patience).status_code == 200
    facts["exit"] = service.end() == 0

    def line(id):
        for line in service.log().splitlines():
            if format == "json":
                record = json.loads(line)
            else:
                record = dict(pair.split("=", 1) for pair in line.split(" ") if "=" in pair)
            if record.get("request") == id and record.get("msg") == "request":
                return record
        return {}

    record = line("upload-1")
    facts["line of the upload"] = all(
        record.get(key) == value
        for key, value in {
            "level": "info", "method": "POST", "route": VIDEO, "status": "201", "bytesIn": str(len(body)), "caller": "user:ann", "client": "203.0.113.9",
        }.items()
    ) or record
    facts["what is measured"] = int(record["bytesOut"]) > len(sent.content) and int(record["milliseconds"]) >= 0 or record
    record = line("read-1")
    facts["line of the file"] = (record.get("route"), record.get("caller")) == ("/objects/*", "none") and int(record["bytesOut"]) > len(read.content) or record
    record = line("service-1")
    facts["line of the chat server"] = (record.get("caller"), record.get("onBehalfOf"), record.get("status")) == ("service:backend", "bob", "200") or record
    record = line("forged-1")
    facts["line of a forged token"] = (record.get("caller"), record.get("status"), record.get("route")) == ("none", "401", "/v1/media") or record
    record = line("lost-1")
    facts["line of no route"] = (record.get("route"), record.get("status")) == ("none", "404") or record
    facts["line of a socket"] = "socket.io" in line("socket-1").get("route", "") or line("socket-1")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    secrets = [user, user.split(".")[2], chat_server.split(".")[2], query["signature"][0], "signature=", "in-the-query", secret, "EIO=4"]
    found = [text for text in secrets if text in service.log()]
    facts["nothing secret"] = not found or found


def sockets():
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listener.getsockname()[1]
    manager = Manager()
    settings = {"NOTIFY_SOCKET": "@" + manager.name, "JWT_SECRET": "the secret of the chat server"}
    first = Service(settings, arguments=(), passed=listener)
    manager.next("READY")
    facts["address"] = first.base == f"http://127.0.0.1:{port}" or first.base
    answers, isOver = [], threading.Event()

    def call():
        while not isOver.is_set():
            try:
                answers.append(requests.get(f"http://127.0.0.1:{port}/healthz", timeout=patience).status_code)
            except Exception as error:
                answers.append(repr(error))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()

    def wait(count):
        deadline = time.monotonic() + patience
        target = len(answers) + count
        while len(answers) < target and time.monotonic() < deadline:
            time.sleep(0.01)

    wait(20)
    facts["exit"] = first.end() == 0
    second = Service(settings, arguments=(), passed=listener)
    manager.next("READY")
    wait(20)
    isOver.set()
    for thread in threads:
        thread.join()
    wrong = [answer for answer in answers if answer != 200]
    facts["no request is refused"] = not wrong or wrong[:5]
    facts["second exit"] = second.end() == 0
    # Variables for another process are not for this one.
    third = Service({**settings, "LISTEN_PID": "1", "LISTEN_FDS": "1"})
    facts["another's socket"] = third.base != f"http://127.0.0.1:{port}" and third.end() == 0
    with open("/dev/null") as file:
        wrong = subprocess.run(
            ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", program, "serve"], env={**os.environ, **settings, "DARKROOM_DATA": str(folder / "data"), "LISTEN_FDS": "1"},
            preexec_fn=lambda: os.dup2(file.fileno(), 3), pass_fds=(3,), capture_output=True, text=True, timeout=patience,
        )
    facts["what is no socket"] = wrong.returncode == 1 and "no TCP socket that listens" in wrong.stderr or wrong.stderr


def keyset(keys, bearer):
    class Handler(http.server.BaseHTTPRequestHandler):
        content = None

        def do_GET(self):
            self.send_response(200 if self.content else 500)
            self.end_headers()
            self.wfile.write(self.content or b"")

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service = Service({"JWT_JWKS_URL": f"http://127.0.0.1:{server.server_port}/keys", "JWT_JWKS_INTERVAL": "10", "JWT_AUDIENCE": "*"})
    facts["without keys"] = service.status(CONFIGURATION, bearer) == 401 and service.wait_for("the keys of tokens cannot be fetched")
    Handler.content = pathlib.Path(keys).read_bytes()
    deadline = time.monotonic() + patience
    while (status := service.status(CONFIGURATION, bearer)) == 401 and time.monotonic() < deadline:
        time.sleep(0.2)
    facts["with keys"] = status == 200
    Handler.content = None
    service.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + patience
    while service.log().count("cannot be fetched") < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    facts["they remain"] = service.status(CONFIGURATION, bearer) == 200 and service.log().count("cannot be fetched") >= 2
    facts["exit"] = service.end() == 0


try:
    {"reload": reload, "access": access, "socket": sockets, "keyset": keyset}[scenario](*rest)
except Exception as error:
    for file in folder.glob("errors-*"):
        print(file.read_text()[-3000:], file=sys.stderr)
    raise
print(json.dumps(facts))

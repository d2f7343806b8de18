"""One media message to a conversation of a thousand who are all connected: how long until each has it."""

import base64
import hashlib
import hmac
import json
import os
import resource
import selectors
import socket
import struct
import time
import urllib.request

from .machine import ROOT
from .service import Darkroom
from .table import markdown
from .timing import Failed

MEMBERS = 1000
SECRET = "the secret of a chat server that is measured"
CONVERSATION = "conv-6743f0a1c2b3d4e5f6a7b8c9"
END = b"\x1e"


def token(user, **claims):
    """What `darkroom token` would make, a thousand times faster."""
    claims = {"sub": user, "exp": int(time.time()) + 3600} | claims
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims)]
    signature = hmac.new(SECRET.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join(parts + [base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def call(service, method, path, bearer, body, kind="application/json"):
    request = urllib.request.Request(f"http://127.0.0.1:{service.port}{path}", body, method=method)
    request.add_header("Authorization", f"Bearer {bearer}")
    request.add_header("Content-Type", kind)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def frame(text):
    """A client's frame; its mask changes nothing."""
    body = text if isinstance(text, bytes) else text.encode()
    length = struct.pack(">B", 0x80 | len(body)) if len(body) < 126 else struct.pack(">BH", 0x80 | 126, len(body))
    return b"\x81" + length + bytes(4) + body


class Member:
    """A member's connection, past its handshake."""

    def __init__(self, service, user):
        self.heard, self.rest = None, b""
        self.socket = socket.create_connection(("127.0.0.1", service.port), 60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /signalr/hubs/chat?access_token={token(user)} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
            + frame(b'{"protocol":"json","version":1}' + END)
        )
        got = b""
        while b"{}" + END not in got:
            more = self.socket.recv(4096)
            if not more:
                raise Failed(f"the hub refused a member: {got!r}")
            got += more
        self.socket.setblocking(False)

    def read(self, mark):
        """Takes what has come; whether `mark` was in it for the first time."""
        try:
            more = self.socket.recv(1 << 16)
        except BlockingIOError:
            return False
        if not more:
            raise Failed("the service closed a member's connection")
        self.rest = (self.rest + more)[-4096 - len(more) :]
        if mark is None or self.heard is not None or mark not in self.rest:
            return False
        self.heard, self.rest = time.perf_counter(), b""
        return True


class Room:
    """Everybody's connections, in one thread."""

    def __init__(self, service):
        self.selector = selectors.DefaultSelector()
        self.members = []
        for number in range(MEMBERS):
            self.members.append(Member(service, f"user-{number}"))
            self.selector.register(self.members[-1].socket, selectors.EVENT_READ, self.members[-1])
            self.listen(None, 0)
        # What is told of those who came.
        while self.listen(None, 1):
            pass

    def listen(self, mark, seconds):
        """Reads whatever comes first within `seconds`; `None` when nothing comes, else how many have heard `mark`."""
        ready = self.selector.select(seconds)
        return sum(key.data.read(mark) for key, _ in ready) + 1 if ready else None

    def deliver(self, connection, request, mark):
        """Seconds from the request's last byte to each member's event, and to the answer."""
        for member in self.members:
            member.heard = None
        connection.sendall(request)
        began = time.perf_counter()
        waiting = MEMBERS
        while waiting:
            heard = self.listen(mark, 30)
            if heard is None:
                raise Failed(f"{waiting} of {MEMBERS} members heard nothing")
            waiting -= heard - 1
        return [member.heard - began for member in self.members]

    def close(self):
        for member in self.members:
            member.socket.close()


def request(service, sender, number, url):
    body = json.dumps(
        {"content": f"fan-out {number:06}", "messageType": "Media", "mediaUrls": [{"type": "Image", "url": url}]}
    ).encode()
    return (
        f"POST /signalr/api/v1/conversations/{CONVERSATION}/messages HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {sender}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def upload(service, sender):
    picture = (ROOT / "samples/image/orientation-6.jpg").read_bytes()
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n' + picture + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    return call(service, "POST", "/signalr/api/v1/chat/upload", sender, form, kind)["data"]["url"]


def measure(rounds, _):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    os.environ["JWT_SECRET"] = SECRET
    messages = 5 if rounds == 1 else 50
    with Darkroom() as service:
        members = [f"user-{number}" for number in range(MEMBERS)] + ["sender"]
        body = {"dialect": "signalr", "members": members, "name": "Everybody"}
        call(service, "PUT", f"/v1/conversations/{CONVERSATION}", token("service", scope="service"), json.dumps(body).encode())
        sender = token("sender")
        url = upload(service, sender)
        began = time.perf_counter()
        room = Room(service)
        print(f"  {MEMBERS} members connected in {time.perf_counter() - began:.1f} s", flush=True)
        seconds, work = [], []
        with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
            for number in range(messages + 1):
                before = service.cpu_seconds()
                taken = room.deliver(connection, request(service, sender, number, url), f"fan-out {number:06}".encode())
                while b"\r\n\r\n" not in connection.recv(1 << 16):
                    pass
                # The first fills the caches.
                if number:
                    seconds.append(sorted(taken))
                    work.append(service.cpu_seconds() - before)
        room.close()
    every = sorted(second for taken in seconds for second in taken)
    last = sorted(taken[-1] for taken in seconds)
    milliseconds = [1e3 * value for value in (every[len(every) // 2], every[len(every) * 99 // 100], last[len(last) // 2], last[-1])]
    columns = ["members", "messages", "median ms", "p99 ms", "last member, median ms", "last member, longest ms", "CPU ms a message"]
    rows = [[MEMBERS, messages, *milliseconds, 1e3 * sum(work) / len(work)]]
    promises = [
        ["a media message to 1,000 connected, median ms", "≤ 100", milliseconds[0], None, None],
        ["a media message to 1,000 connected, the last ms", "≤ 1,000", milliseconds[3], None, None],
    ]
    return "A media message to a conversation of 1,000 connected members", markdown(columns, rows), promises

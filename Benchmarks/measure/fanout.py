"""One media message to a conversation of a thousand connected members: the time until each has received it."""

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
FORM = "multipart/form-data; boundary=b"
# Seconds between a member's signs of life: a hub closes a connection after 30 s without one, Socket.IO 45 s after the last.
ALIVE = 10


def token(user, **claims):
    """Creates the same tokens as `darkroom token`, a thousand times faster."""
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
    """A client's frame, with a mask of zeros."""
    body = text if isinstance(text, bytes) else text.encode()
    length = struct.pack(">B", 0x80 | len(body)) if len(body) < 126 else struct.pack(">BH", 0x80 | 126, len(body))
    return b"\x81" + length + bytes(4) + body


def photo():
    return (ROOT / "samples/image/orientation-6.jpg").read_bytes()


def multipart(fields, file):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n')
    return "".join(parts).encode() + file + b"\r\n--b--\r\n"


class SignalR:
    """A group whose members are notified by the hub. A file is uploaded once, and sent by its URL."""

    name, dialect, conversation = "SignalR", "signalr", "conv-6743f0a1c2b3d4e5f6a7b8c9"
    alive = frame(b'{"type":6}\x1e')

    def __init__(self, service, sender):
        form = multipart({}, photo())
        self.url = call(service, "POST", "/signalr/api/v1/chat/upload", sender, form, FORM)["data"]["url"]

    def socket(self, user):
        """The path of a member's socket, and the messages to send, each with the response to wait for."""
        shake = b'{"protocol":"json","version":1}\x1e'
        return f"/signalr/hubs/chat?access_token={token(user)}", [(shake, b"{}\x1e")]

    def message(self, text):
        files = [{"type": "Image", "url": self.url}]
        body = {"content": text, "messageType": "Media", "mediaUrls": files}
        path = f"/signalr/api/v1/conversations/{self.conversation}/messages"
        return path, "application/json", json.dumps(body).encode()


class Rooms:
    """A Socket.IO room. The file is sent with the message, so that the time includes validation, storage and preview."""

    name, dialect, conversation = "Socket.IO, with the upload", "rooms", "6743f0a1c2b3d4e5f6a7b8c9"
    alive = frame("3")

    def __init__(self, service, sender):
        pass

    def socket(self, user):
        prove = json.dumps(["authenticate", {"token": token(user), "userId": user}])
        join = json.dumps(["join_chat", {"chatRoomId": self.conversation}])
        steps = [(b"40", b'40{"sid"'), (f"42{prove}".encode(), b'"authenticated"'), (f"42{join}".encode(), b'"joined_chat"')]
        return "/rooms/socket.io/?EIO=4&transport=websocket", steps

    def message(self, text):
        path = f"/rooms/api/v1/chat/rooms/{self.conversation}/messages/media"
        return path, FORM, multipart({"type": "image", "content": text}, photo())


class Member:
    """A member's connection, past its handshake."""

    def __init__(self, service, chat, user):
        self.heard, self.rest = None, b""
        self.socket = socket.create_connection(("127.0.0.1", service.port), 60)
        path, steps = chat.socket(user)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        for text, answer in steps:
            self.socket.sendall(frame(text))
            got = b""
            while answer not in got:
                more = self.socket.recv(4096)
                if not more:
                    raise Failed(f"the service rejected a member: {got!r}")
                got += more
        self.socket.setblocking(False)

    def read(self, mark):
        """Reads what has arrived. Returns whether it contains the first occurrence of `mark`."""
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
    """The connections of all members, to each of the services in turn, in one thread."""

    def __init__(self, services, chat):
        self.selector = selectors.DefaultSelector()
        self.members, self.alive, self.told = [], chat.alive, time.perf_counter()
        for number in range(MEMBERS):
            self.members.append(Member(services[number % len(services)], chat, f"user-{number}"))
            self.selector.register(self.members[-1].socket, selectors.EVENT_READ, self.members[-1])
            self.listen(None, 0)
        # Events about members who have connected.
        while self.listen(None, 1):
            pass

    def listen(self, mark, seconds):
        """Reads what arrives first within `seconds`. Returns the number of members that have received `mark`, or `None` if nothing arrives."""
        self.stay()
        ready = self.selector.select(seconds)
        return sum(key.data.read(mark) for key, _ in ready) + 1 if ready else None

    def stay(self):
        """Sends each member's sign of life, when it is time."""
        if time.perf_counter() - self.told > ALIVE:
            self.told = time.perf_counter()
            for member in self.members:
                member.socket.sendall(self.alive)

    def deliver(self, connection, request, mark):
        """Seconds from the request's last byte to each member's event, and to the response."""
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


def request(sender, path, kind, body):
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {sender}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def once(kind, messages, services):
    """For every message, sent at the first service, the sorted seconds to its members, and its processor time."""
    service, sender = services[0], token("sender")
    members = [f"user-{number}" for number in range(MEMBERS)] + ["sender"]
    body = json.dumps({"dialect": kind.dialect, "members": members, "name": "Everybody"}).encode()
    call(service, "PUT", f"/v1/conversations/{kind.conversation}", token("service", scope="service"), body)
    chat = kind(service, sender)
    began = time.perf_counter()
    room = Room(services, chat)
    print(f"  {kind.name}: {MEMBERS} members connected in {time.perf_counter() - began:.1f} s", flush=True)
    taken = []
    with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
        for number in range(messages + 1):
            text, before = f"fan-out {number:06}", sum(each.cpu_seconds() for each in services)
            seconds = room.deliver(connection, request(sender, *chat.message(text)), text.encode())
            answer = connection.recv(1 << 16)
            if not answer.startswith(b"HTTP/1.1 20"):
                raise Failed(f"the message was rejected: {answer[:200]!r}")
            # The first message fills the caches.
            if number:
                taken.append((sorted(seconds), sum(each.cpu_seconds() for each in services) - before))
    room.close()
    return taken


def figures(taken):
    """The median and p99 of all members, the median and the longest of the last one, and the processor time of a message."""
    seconds, work = zip(*taken)
    every, last = sorted(second for each in seconds for second in each), sorted(each[-1] for each in seconds)
    values = every[len(every) // 2], every[len(every) * 99 // 100], last[len(last) // 2], last[-1], sum(work) / len(work)
    return [1e3 * value for value in values]


def prepare():
    """Lets this process have a connection for each member, and the services know its tokens."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    os.environ["JWT_SECRET"] = SECRET


COLUMNS = ["over", "members", "messages", "median ms", "p99 ms", "last member: median ms", "longest ms", "CPU ms a message"]


def measure(rounds, _):
    prepare()
    messages = 5 if rounds == 1 else 50
    rows, promises = [], []
    for kind in (SignalR, Rooms):
        try:
            with Darkroom() as service:
                taken = figures(once(kind, messages, [service]))
        except (Failed, OSError) as failure:
            print(f"  {kind.name} failed: {failure}", flush=True)
            continue
        rows.append([kind.name, MEMBERS, messages, *taken])
        promises.append([f"to 1,000 connected ({kind.name}), median ms", "≤ 100", taken[0], None, None])
        promises.append([f"to the last of them ({kind.name}), longest ms", "≤ 1,000", taken[3], None, None])
    return "A media message to 1,000 connected members", markdown(COLUMNS, rows), promises

"""Cuts resumable uploads off at random places, by their connections and by kills of the program (SIGKILL). Prints one line of JSON.

usage: resumable.py PROGRAM folder|rclone|seaweedfs CUTS SEED

Half of the uploads are media of the native API, the others messages of a room, each of which must be there once.

{"cuts": of connections, "kills": of the program, "uploads": finished, "wrong": uploads whose medium has not exactly the bytes that were
sent, "left": objects and files beside those of the media, "words": what went wrong otherwise}
"""

import contextlib
import hashlib
import http.client
import json
import pathlib
import random
import socket
import struct
import sys
import tempfile
import threading
import time
import urllib.parse

import darkroom
import requests

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
CLIENTS = 3
LARGEST = 20 << 20
# How long the program may take to serve again, in seconds.
PATIENCE = 120
# `chatRoomId room`, `type file`
METADATA = "chatRoomId cm9vbQ==,type ZmlsZQ=="
CUTS = ("reset", "close", "half", "leave")


class Chaos:
    def __init__(self, program, data, settings, cuts, seed):
        self.darkroom = darkroom.Darkroom(program, data, settings)
        self.wanted, self.rng = cuts, random.Random(seed)
        self.lock = threading.Lock()
        self.report = {"cuts": 0, "kills": 0, "uploads": 0, "wrong": [], "left": [], "words": []}
        self.uploads = []
        # The digests of what was sent to the room, by the message's ID.
        self.messages = {}
        # Connections that were left open without another byte.
        self.abandoned = []

    def count(self):
        return self.report["cuts"] + self.report["kills"]

    @property
    def is_over(self):
        # Of 20 one at least is a kill: connections are cut much faster than the program starts again.
        return self.count() >= self.wanted and self.report["kills"] >= max(1, self.wanted // 20)

    def headers(self, path="/v1/tus"):
        if path.startswith("/rooms/"):
            return {"Authorization": f"Bearer {self.user_token}", "Tus-Resumable": "1.0.0"}
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", "X-On-Behalf-Of": "alice"}

    def call(self, method, path, **more):
        """A request that is repeated until the program serves and answers with less than 500."""
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(requests.RequestException):
                answer = requests.request(method, self.darkroom.base + path, timeout=60, **more)
                if answer.status_code < 500 and answer.status_code != 423:
                    return answer
            if time.monotonic() > until:
                raise RuntimeError(f"{method} {path} is not answered")
            time.sleep(0.05)

    def client(self, seed):
        rng = random.Random(seed)
        try:
            while not self.is_over:
                self.upload(rng)
        except Exception as error:  # noqa: BLE001 - reported, and fails the test
            with self.lock:
                self.report["words"].append(repr(error))

    def upload(self, rng):
        content = b"\x00\x01\x02" + rng.randbytes(rng.choice([100, 9_000, 3 << 20, rng.randrange(1, LARGEST)]))
        place = rng.choice(["/v1/tus", "/rooms/tus"])
        headers = {**self.headers(place), "Upload-Length": str(len(content))}
        if place == "/rooms/tus":
            headers["Upload-Metadata"] = METADATA
        created = self.call("POST", place, headers=headers)
        path = urllib.parse.urlsplit(created.headers["Location"]).path
        acknowledged = 0
        while True:
            status = self.call("HEAD", path, headers=self.headers(path))
            if status.status_code != 200:
                raise RuntimeError(f"HEAD {path}: {status.status_code}")
            offset = int(status.headers["Upload-Offset"])
            if offset < acknowledged:
                raise RuntimeError(f"{path} was at {acknowledged} and is at {offset}")
            acknowledged = offset
            if media := status.headers.get("Darkroom-Media"):
                with self.lock:
                    self.report["uploads"] += 1
                    self.uploads.append((media, hashlib.sha256(content).hexdigest()))
                return
            if message := status.headers.get("Darkroom-Message"):
                with self.lock:
                    self.report["uploads"] += 1
                    self.messages[message] = hashlib.sha256(content).hexdigest()
                return
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.patch(rng, path, content, offset)

    def patch(self, rng, path, content, offset):
        """Sends the rest, or some of it before the connection is cut off."""
        rest = content[offset:]
        is_cut = not self.is_over and rng.random() < 0.85
        sent = rest[:rng.randrange(len(rest))] if is_cut and rest else rest
        place = urllib.parse.urlsplit(self.darkroom.base)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        connection.putrequest("PATCH", path)
        fields = {
            **self.headers(path), "Upload-Offset": offset, "Content-Length": len(rest),
            "Content-Type": "application/offset+octet-stream",
        }
        for name, value in fields.items():
            connection.putheader(name, str(value))
        connection.endheaders()
        for start in range(0, len(sent), 300_000):
            connection.send(sent[start:start + 300_000])
        if not is_cut:
            connection.getresponse().read()
            return connection.close()
        with self.lock:
            self.report["cuts"] += 1
        how = rng.choice(CUTS)
        if how == "reset":
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "half":
            connection.sock.shutdown(socket.SHUT_WR)
        if how == "leave":
            self.abandoned.append(connection)
        else:
            connection.close()

    def run(self):
        self.darkroom.start()
        self.token, self.user_token = self.darkroom.token(), self.darkroom.token("alice")
        self.call("PUT", "/v1/conversations/room", headers=self.headers(), json={"dialect": "rooms", "members": ["alice", "bob"]})
        clients = [
            threading.Thread(target=self.client, args=(self.rng.getrandbits(32),), daemon=True) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while not self.is_over and any(client.is_alive() for client in clients):
            time.sleep(self.rng.uniform(0.1, 0.8))
            if self.rng.random() < 0.5:
                self.darkroom.kill()
                with self.lock:
                    self.report["kills"] += 1
                self.darkroom.start()
        for client in clients:
            client.join(PATIENCE * 3)
            if client.is_alive():
                self.report["words"].append("a client did not come to an end")
        self.check()
        self.darkroom.stop()

    def check(self):
        for media, digest in self.uploads:
            medium = self.call("GET", f"/v1/media/{media}", headers=self.headers()).json()
            stored = requests.get(medium["url"], timeout=60).content if "url" in medium else b""
            if hashlib.sha256(stored).hexdigest() != digest or medium.get("sha256") != digest:
                self.report["wrong"].append(media)
        self.check_messages()
        until = time.monotonic() + 60
        while time.monotonic() < until and (left := self.left()):
            time.sleep(0.5)
        self.report["left"] = left[:20]

    def check_messages(self):
        """Each message is there once, with its exact bytes, and there is no other."""
        found, page = {}, 1
        while True:
            path = f"/rooms/api/v1/chat/rooms/room/messages?limit=50&page={page}"
            messages = self.call("GET", path, headers=self.headers("/rooms/tus")).json()["messages"]
            if not messages:
                break
            for message in messages:
                if message["_id"] in found:
                    self.report["wrong"].append(message["_id"])
                stored = requests.get(message["mediaInfo"]["url"], timeout=60).content
                found[message["_id"]] = hashlib.sha256(stored).hexdigest()
            page += 1
        if found != self.messages:
            wrong = [each for each in found.keys() | self.messages.keys() if found.get(each) != self.messages.get(each)]
            self.report["wrong"] += wrong

    def left(self):
        """What there is beside the media's objects."""
        import state

        found = []
        if not self.darkroom.settings:
            parts = self.darkroom.data / "store/parts"
            found = [f"parts/{path.name}" for path in parts.iterdir()]
            keys = state.FolderObjects(self.darkroom.data).keys()
        else:
            objects = state.BucketObjects(self.darkroom.settings)
            keys = objects.keys()
            found = [str(each) for each in objects.uploads() or []]
        return found + sorted(key for key in keys if key.startswith("resumable/"))


def main():
    program, store, cuts, seed = sys.argv[1:]
    import bucket

    with contextlib.ExitStack() as stack:
        settings = {} if store == "folder" else stack.enter_context(bucket.bucket(store))
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="darkroom-resumable-"))
        chaos = Chaos(program, data, settings, int(cuts), int(seed))
        chaos.run()
    print(json.dumps(chaos.report))


main()

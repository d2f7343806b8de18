"""Kills the program and receivers of its webhooks (SIGKILL) at random times while messages are sent and deleted. Prints one line of JSON.

usage: webhooks.py PROGRAM folder|MONGODB_URL EVENTS KILLS SEED

Two endpoints: one whose receiver is killed as well and refuses some requests, and one that hangs for as long as the run takes. Each acknowledged
message and deletion must arrive at the first at least once, signed, and those of a message in order. The report: {"events": acknowledged,
"requests": received, "kills", "receiverKills", "lost": events that did not arrive, "unsigned", "disordered": messages whose deletion arrived
before them, "left": events that wait for the first endpoint at the end, "refused": calls that were refused while the service ran}.
"""

import collections
import contextlib
import json
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import requests
from darkroom import Darkroom

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SINK = pathlib.Path(__file__).with_name("webhook_sink.py")
SENDERS = 4
# How long everything may take to arrive after the last kill, in seconds: an endpoint that has failed is left alone for minutes.
PATIENCE = 900


class Sink:
    """A receiver that is started again on the same port."""

    def __init__(self, path, refused):
        self.path, self.refused, self.port, self.process = path, refused, 0, None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, SINK, str(self.port), self.path, SECRET, str(self.refused)], stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def lines(self):
        """What was received; the last line may have been cut off."""
        found = []
        for line in pathlib.Path(self.path).read_text().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found


class Senders:
    """Sends and deletes messages, and remembers what was acknowledged."""

    def __init__(self, darkroom, events, seed):
        self.darkroom, self.events, self.rng = darkroom, events, random.Random(seed)
        # The acknowledged messages, those of them that may still be deleted, and those that were.
        self.acknowledged, self.created, self.deleted = [], [], []
        self.refused = collections.Counter()
        self.lock = threading.Lock()
        self.started = 0

    def run(self):
        session = requests.Session()
        while True:
            with self.lock:
                if self.started >= self.events:
                    return
                self.started += 1
                user = f"user{self.rng.randrange(max(self.events // 20, 10))}"
                may_delete = self.created and self.rng.random() < 0.3
                delete = self.created.pop(self.rng.randrange(len(self.created))) if may_delete else None
            try:
                self.delete(session, *delete) if delete else self.send(session, user)
            except (requests.RequestException, ValueError):
                # It is being started again; whether the call was performed is not known.
                session.close()
                time.sleep(0.05)

    def headers(self, user):
        return {"Authorization": f"Bearer {self.darkroom.token(user)}"}

    def send(self, session, user):
        answer = session.post(
            f"{self.darkroom.base}/bananatalk/api/v1/messages", headers=self.headers(user),
            json={"receiver": f"other{user}", "message": "words"}, timeout=60)
        if answer.status_code != 201:
            self.refused[answer.status_code] += 1
            return
        with self.lock:
            self.created.append((answer.json()["data"]["_id"], user))
            self.acknowledged.append(answer.json()["data"]["_id"])

    def delete(self, session, message, user):
        answer = session.delete(
            f"{self.darkroom.base}/bananatalk/api/v1/messages/{message}", params={"forAll": "true"},
            headers=self.headers(user), timeout=60)
        if answer.status_code != 200:
            self.refused[answer.status_code] += 1
            return
        with self.lock:
            self.deleted.append(message)


def hanging():
    """The port of a receiver that takes connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    taken = []

    def accept():
        while True:
            taken.append(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def as_service(darkroom):
    return {"Authorization": f"Bearer {darkroom.token()}"}


def add(darkroom, port):
    answer = requests.post(
        f"{darkroom.base}/v1/webhooks", headers=as_service(darkroom),
        json={"url": f"http://127.0.0.1:{port}/", "secret": SECRET, "kinds": ["message.created", "message.deleted"]}, timeout=60)
    answer.raise_for_status()
    return answer.json()["id"]


def waiting(darkroom, endpoint):
    answer = requests.get(
        f"{darkroom.base}/v1/webhooks/{endpoint}", headers=as_service(darkroom), timeout=60)
    return answer.json()["waiting"]


def main():
    program, store, events, kills, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    rng = random.Random(seed)
    report = collections.Counter(kills=0, receiverKills=0)
    settings = {
        "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow", "DARKROOM_WEBHOOK_TIMEOUT": "5000",
        "DARKROOM_DIALECTS": "bananatalk",
    }
    if store != "folder":
        name = f"w{uuid.uuid4().hex}"
        settings |= {
            "DARKROOM_MONGODB_URL": store, "DARKROOM_MONGODB_DATABASE": name,
            "DARKROOM_MONGODB_DATABASES": f"bananatalk={name}-bananatalk",
        }
    with tempfile.TemporaryDirectory() as folder:
        darkroom = Darkroom(program, pathlib.Path(folder) / "data", settings)
        darkroom.start()
        sink = Sink(f"{folder}/received", 0.02)
        endpoint = add(darkroom, sink.port)
        add(darkroom, hanging())
        senders = Senders(darkroom, events, seed)
        threads = [threading.Thread(target=senders.run) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        while report["kills"] < kills or any(thread.is_alive() for thread in threads):
            if report["kills"] >= kills:
                time.sleep(0.1)
                continue
            # Spread over the run: the next kill is at a share of what is to be sent.
            goal = events * (report["kills"] + rng.random()) / kills
            while senders.started < min(goal, events):
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 0.3))
            if rng.random() < 0.4:
                sink.kill()
                report["receiverKills"] += 1
                time.sleep(rng.uniform(0, 0.5))
                sink.start()
            darkroom.kill()
            report["kills"] += 1
            darkroom.start()
        end = time.monotonic() + PATIENCE
        while waiting(darkroom, endpoint) and time.monotonic() < end:
            time.sleep(0.2)
        left = waiting(darkroom, endpoint)
        darkroom.kill()
        sink.kill()
        lines = sink.lines()
    expected = {("message.created", message) for message in senders.acknowledged}
    expected |= {("message.deleted", message) for message in senders.deleted}
    accepted = {(line["type"], line["message"]) for line in lines if line["status"] == 200}
    first = {}
    for place, line in enumerate(lines):
        if line["status"] == 200:
            first.setdefault((line["type"], line["message"]), place)
    disordered = [
        message for kind, message in first
        if kind == "message.deleted" and first.get(("message.created", message), len(lines)) > first[(kind, message)]
    ]
    print(json.dumps({
        **report, "events": len(expected), "requests": len(lines), "lost": sorted(map(str, expected - accepted))[:20],
        "unsigned": sum(not line["signed"] for line in lines), "disordered": disordered[:20], "left": left,
        "refused": {str(status): count for status, count in senders.refused.items()},
    }))


main()

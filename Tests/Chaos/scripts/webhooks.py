"""Kills the program and receivers of its webhooks (SIGKILL) at random times while messages are sent and deleted, until so many calls were
acknowledged. Prints one line of JSON.

usage: webhooks.py PROGRAM folder|MONGODB_URL NODES EVENTS KILLS SEED

With several nodes, which share a MongoDB database and Redis, a random one is killed each time, and calls go to all. Two endpoints: one whose receiver is killed as well and refuses some requests, and one that hangs for as long as the run takes. Each acknowledged
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

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))

from cluster_servers import Redis
from darkroom import Darkroom
from ports import reserve_port

TOKEN_SECRET = "a secret that all nodes of the cluster share"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SINK = pathlib.Path(__file__).with_name("webhook_sink.py")
SENDERS = 4
# How long everything may take to arrive after the last kill, in seconds: an endpoint that has failed is left alone for minutes.
PATIENCE = 900


class Sink:
    """A receiver that is started again on the same port."""

    def __init__(self, path, refused):
        self.path, self.refused, self.port, self.process = path, refused, reserve_port(), None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, SINK, str(self.port), self.path, SECRET, str(self.refused)], stdout=subprocess.PIPE)
        self.process.stdout.readline()

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

    def __init__(self, nodes, events, seed):
        self.nodes, self.events, self.rng = nodes, events, random.Random(seed)
        # The acknowledged messages, those of them that may still be deleted, and those that were.
        self.acknowledged, self.created, self.deleted = [], [], []
        self.refused = collections.Counter()
        self.lock = threading.Lock()

    @property
    def done(self):
        """How many calls were acknowledged."""
        return len(self.acknowledged) + len(self.deleted)

    def run(self):
        session = requests.Session()
        while True:
            with self.lock:
                if self.done >= self.events:
                    return
                node = self.rng.choice(self.nodes)
                user = f"user{self.rng.randrange(max(self.events // 20, 10))}"
                may_delete = self.created and self.rng.random() < 0.3
                delete = self.created.pop(self.rng.randrange(len(self.created))) if may_delete else None
            try:
                self.delete(session, node, *delete) if delete else self.send(session, node, user)
            except (requests.RequestException, ValueError):
                # It is being started again; whether the call was performed is not known.
                session.close()
                time.sleep(0.05)

    def headers(self, user):
        return {"Authorization": f"Bearer {self.nodes[0].token(user)}"}

    def send(self, session, node, user):
        answer = session.post(
            f"{node.base}/bananatalk/api/v1/messages", headers=self.headers(user),
            json={"receiver": f"other{user}", "message": "words"}, timeout=60)
        if answer.status_code != 201:
            self.refused[answer.status_code] += 1
            return
        with self.lock:
            self.created.append((answer.json()["data"]["_id"], user))
            self.acknowledged.append(answer.json()["data"]["_id"])

    def delete(self, session, node, message, user):
        answer = session.delete(
            f"{node.base}/bananatalk/api/v1/messages/{message}", params={"forAll": "true"},
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


def start_all(program, folder, store, count, stack):
    """Starts the nodes."""
    settings = {
        "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow", "DARKROOM_WEBHOOK_TIMEOUT": "5000",
        "DARKROOM_DIALECTS": "bananatalk", "JWT_SECRET": TOKEN_SECRET,
    }
    if store != "folder":
        name = f"w{uuid.uuid4().hex}"
        settings |= {
            "DARKROOM_MONGODB_URL": store, "DARKROOM_MONGODB_DATABASE": name,
            "DARKROOM_MONGODB_DATABASES": f"bananatalk={name}-bananatalk",
        }
    if count > 1:
        settings |= {"DARKROOM_REDIS_URL": f"redis://127.0.0.1:{Redis(stack).port}", "DARKROOM_NODE_EXPIRY": "3"}
    nodes = []
    for number in range(count):
        data = pathlib.Path(folder) / f"data{number}"
        data.mkdir(mode=0o700)
        (data / "secret").write_text(TOKEN_SECRET)
        (data / "secret").chmod(0o600)
        nodes.append(Darkroom(program, data, settings))
        nodes[-1].start()
        stack.callback(end, nodes[-1])
    return nodes


def end(node):
    if node.process.poll() is None:
        node.kill()


def harass(nodes, sink, senders, threads, kills, rng, report):
    """Kills nodes and the receiver, spread over the calls, until all of these were made."""
    while report["kills"] < kills or any(thread.is_alive() for thread in threads):
        if report["kills"] >= kills:
            time.sleep(0.1)
            continue
        # The next kill is at a share of what is to be sent.
        goal = senders.events * (report["kills"] + rng.random()) / kills
        while senders.done < min(goal, senders.events):
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        if rng.random() < 0.4:
            sink.kill()
            report["receiverKills"] += 1
            time.sleep(rng.uniform(0, 0.5))
            sink.start()
        node = rng.choice(nodes)
        node.kill()
        report["kills"] += 1
        # Others have to take over what it was sending.
        time.sleep(rng.choice([0, 0, 0.5, 3]) if len(nodes) > 1 else 0)
        node.start()


def main():
    program, store, count, events, kills, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    rng = random.Random(seed)
    report = collections.Counter(kills=0, receiverKills=0)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        nodes = start_all(program, folder, store, count, stack)
        sink = Sink(f"{folder}/received", 0.02)
        stack.callback(sink.kill)
        endpoint = add(nodes[0], sink.port)
        add(nodes[-1], hanging())
        # All nodes know an endpoint within 2 s.
        time.sleep(2.5 if count > 1 else 0)
        senders = Senders(nodes, events, seed)
        threads = [threading.Thread(target=senders.run) for _ in range(SENDERS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        harass(nodes, sink, senders, threads, kills, rng, report)
        report["sendingSeconds"] = round(time.monotonic() - began)
        over = time.monotonic() + PATIENCE
        while waiting(nodes[0], endpoint) and time.monotonic() < over:
            time.sleep(0.2)
        report["seconds"] = round(time.monotonic() - began)
        left = waiting(nodes[0], endpoint)
        for node in nodes:
            node.kill()
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

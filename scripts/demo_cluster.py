"""Uploads samples/ to a cluster, alternately through either of two nodes, and shows where the events arrive: at Bob's sockets at both
nodes, and at his socket at a chat server (samples/chat-server), which reads the messages from MongoDB and emits events of its own.

usage: demo_cluster.py [--program FILE] [--folder FOLDER] [--keep]

Exits with 1 if anything that is expected does not arrive. With --keep the cluster runs on until Ctrl-C.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys

import jwt
import requests
import socketio
from bucket import bucket
from servers import Failure, Programs, mongodb, redis

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The route and the form field that a chat client uses for the files of a folder.
FORMS = {
    "video": ("messages/video", "video"),
    "voice": ("messages/voice", "voice"),
    "image": ("messages", "attachment"),
    "broken": ("messages/video", "video"),
}
# How long an event may take, in seconds (it takes milliseconds, unless the machine is busy), and what is left to others after one is
# missing.
DEADLINE, SHORT_DEADLINE = 60, 5
BOLD, DIM, GREEN, RED, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else [""] * 5


class Listener:
    """A socket of Bob's, and what it has received."""

    def __init__(self, place):
        self.place, self.received, self.changed = place, [], asyncio.Condition()
        self.client = socketio.AsyncClient()
        self.client.on("*", self.record)

    async def connect(self, base, path, token):
        await self.client.connect(base, auth={"token": token}, socketio_path=path, transports=["websocket"], wait_timeout=DEADLINE)

    async def record(self, event, data=None):
        async with self.changed:
            self.received.append((event, data))
            self.changed.notify_all()

    async def expect(self, event, matches, deadline):
        """The data of an event of that name, or `None` if none arrives in time."""
        found = None

        def arrived():
            nonlocal found
            found = next((data for name, data in self.received if name == event and matches(data)), None)
            return found is not None

        async with self.changed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(deadline):
                    await self.changed.wait_for(arrived)
        return found


class Cluster:
    """The programs, and where they serve."""

    def __init__(self, program, folder):
        self.program, self.folder, self.secret = program, folder, secrets.token_hex(16)

    def start(self, stack):
        """Starts all programs; they end with the stack."""
        programs = self.programs = stack.enter_context(Programs(self.folder))
        say("starting a MongoDB replica set of three, Redis and SeaweedFS")
        shared = {"DARKROOM_MONGODB_URL": mongodb(programs), "DARKROOM_REDIS_URL": redis(programs)}
        shared |= stack.enter_context(bucket("seaweedfs"))
        shared |= {"JWT_SECRET": self.secret, "DARKROOM_SOCKETIO_CLUSTER": "bananatalk=python"}
        say("starting a chat server, two nodes of Darkroom and a work node")
        self.chat_server = self.serve("chat server", sys.executable, ROOT / "samples/chat-server/server.py", environment={
            "LISTEN": "127.0.0.1:0", "MONGODB_URL": shared["DARKROOM_MONGODB_URL"], "REDIS_URL": shared["DARKROOM_REDIS_URL"],
            "JWT_SECRET": self.secret,
        })
        # Jobs are left to the work node.
        self.nodes = [self.node(name, shared | {"DARKROOM_JOBS": "off"}) for name in ("node A", "node B")]
        # Another size than that of the serving nodes, so that its thumbnails are recognised.
        self.serve("work node", self.program, "work", environment=shared | {"DARKROOM_THUMBNAIL_SIDE": "320"})

    def node(self, name, shared):
        data = self.folder / name.replace(" ", "-")
        return self.serve(name, self.program, "serve", "--listen", "127.0.0.1:0", "--data", data, environment=shared)

    def serve(self, name, *command, environment):
        """Starts a program that prints its URL when it serves. Returns the URL."""
        process = self.programs.start(name, *command, environment=environment, stdout=subprocess.PIPE)
        line = process.stdout.readline().decode().split()
        if not line:
            raise self.programs.failure(name)
        return line[-1]

    def service_token(self):
        return jwt.encode({"sub": "demo", "scope": "service"}, self.secret, algorithm="HS256")


class Demo:
    def __init__(self, cluster):
        self.cluster, self.missing, self.deadline = cluster, 0, DEADLINE

    async def call(self, method, url, token=None, **options):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await asyncio.to_thread(requests.request, method, url, headers=headers, timeout=DEADLINE, **options)

    async def connect(self):
        """Alice and Bob log in at the chat server; Bob's sockets connect to it and to both nodes."""
        chat, nodes = self.cluster.chat_server, self.cluster.nodes
        self.alice, self.bob = [(await self.call("POST", f"{chat}/login", json={"name": name})).json() for name in ("Alice", "Bob")]
        places = [("node A", nodes[0], "bananatalk/socket.io"), ("node B", nodes[1], "bananatalk/socket.io"),
                  ("chat server", chat, "socket.io")]
        self.listeners = [Listener(place) for place, _, _ in places]
        for listener, (_, base, path) in zip(self.listeners, places):
            await listener.connect(base, path, self.bob["token"])

    async def disconnect(self):
        for listener in self.listeners:
            await listener.client.disconnect()

    async def expect(self, event, matches):
        """Shows at which of Bob's sockets the event arrives. Returns its data."""
        found = await asyncio.gather(*(listener.expect(event, matches, self.deadline) for listener in self.listeners))
        arrived = [f"{GREEN}{each.place} ✓{PLAIN}" if data is not None else f"{RED}{each.place} MISSING{PLAIN}"
                   for each, data in zip(self.listeners, found)]
        if None in found:
            self.missing, self.deadline = self.missing + found.count(None), SHORT_DEADLINE
        show(event, ", ".join(arrived))
        return next((data for data in found if data is not None), None)

    def check(self, label, is_right, text):
        show(label, text if is_right else f"{RED}WRONG:{PLAIN} {text}")
        self.missing += not is_right

    async def send(self, path, number):
        """Uploads a file through one of the nodes. Returns whether it became a message."""
        route, field = FORMS[path.parent.name]
        node = self.cluster.nodes[number % 2]
        print(f"\n{BOLD}{path.relative_to(ROOT)}{PLAIN} {DIM}POST /bananatalk/api/v1/{route} at node {'AB'[number % 2]}{PLAIN}")
        with path.open("rb") as file:
            answer = await self.call(
                "POST", f"{node}/bananatalk/api/v1/{route}", self.alice["token"],
                data={"receiver": self.bob["id"], "message": path.name}, files={field: (path.name, file)})
        is_broken = path.parent.name == "broken" or path.name == "long.mp4"
        if not answer.ok:
            self.check("response", is_broken and answer.status_code < 500, f"{answer.status_code} {answer.json().get('error')}")
            return False
        self.check("response", not is_broken, f"{answer.status_code} {summary(answer.json()['data'])}")
        identifier = answer.json()["data"]["_id"]

        def is_this(data):
            return data["message"]["_id"] == identifier

        received = await self.expect("newMessage", is_this)
        if path.parent.name == "voice":
            await self.expect("newVoiceMessage", is_this)
        stored = await self.call("GET", f"{self.cluster.chat_server}/messages/{identifier}", self.bob["token"])
        self.check("MongoDB", stored.ok and stored.json()["message"] == path.name, summary(stored.json()) if stored.ok else "not there")
        if received and (thumbnail := received["message"]["media"].get("thumbnail")):
            picture = await self.call("GET", thumbnail)
            self.check("thumbnail", picture.ok, f"{len(picture.content):,} bytes from the bucket")
        return True

    async def chat_server_emits(self):
        print(f"\n{BOLD}The chat server emits an event of its own to Bob{PLAIN}")
        sender = socketio.AsyncClient()
        await sender.connect(self.cluster.chat_server, auth={"token": self.alice["token"]}, transports=["websocket"])
        await sender.call("sendFriendRequest", {"to": self.bob["id"], "text": "Let us be friends"}, timeout=DEADLINE)
        await self.expect("friendRequest", lambda data: data == {"from": self.alice["id"], "text": "Let us be friends"})
        await sender.disconnect()

    async def chat_server_writes(self):
        print(f"\n{BOLD}The chat server stores a text itself{PLAIN} {DIM}in its collection of messages{PLAIN}")
        text = {"receiver": self.bob["id"], "message": "Written by the chat server"}
        message = (await self.call("POST", f"{self.cluster.chat_server}/messages", self.alice["token"], json=text)).json()
        await self.expect("newMessage", lambda data: data["message"]["_id"] == message["_id"])
        for name, node in zip(("node A", "node B"), self.cluster.nodes):
            path = f"/bananatalk/api/v1/messages/conversation/{self.alice['id']}/{self.bob['id']}"
            last = (await self.call("GET", node + path, self.bob["token"])).json()["data"][-1]
            shown = f"{last['sender']['name']}: {last['message']}"
            self.check(name, last["_id"] == message["_id"] and shown == f"Alice: {text['message']}", f"lists it last: {shown}")

    async def work(self):
        print(f"\n{BOLD}The work node makes the thumbnails of all videos again, smaller ones{PLAIN} {DIM}POST /v1/jobs at node A{PLAIN}")
        token, url = self.cluster.service_token(), f"{self.cluster.nodes[0]}/v1/jobs"
        job = (await self.call("POST", url, token, json={"type": "reprocess", "kind": "video"})).json()
        async with asyncio.timeout(3 * DEADLINE):
            while job.get("state") in ("waiting", "running"):
                await asyncio.sleep(0.1)
                job = (await self.call("GET", f"{self.cluster.nodes[1]}/v1/jobs/{job['id']}", token)).json()
        counts = job.get("counts", {})
        text = f"says {job.get('state')}: {counts.get('done')} done, {counts.get('unchanged')} as small already, {counts.get('failed')} failed"
        is_done = job.get("state") == "completed" and counts["done"] and counts["done"] + counts["unchanged"] == counts["total"]
        self.check("node B", is_done, text)

    async def run(self):
        await self.connect()
        print("Alice sends. Bob's sockets are connected to node A, node B, and the chat server.")
        samples = [path for folder in FORMS for path in sorted((ROOT / "samples" / folder).iterdir())]
        accepted = [await self.send(path, number) for number, path in enumerate(samples)]
        await self.chat_server_emits()
        await self.chat_server_writes()
        await self.work()
        await self.disconnect()
        print(f"\n{len(samples)} files: {sum(accepted)} became messages, {len(samples) - sum(accepted)} were rejected (the broken ones).")
        if self.missing:
            print(f"{RED}{self.missing} things that were expected are missing.{PLAIN} The logs are in {self.cluster.folder}.")
        else:
            print(f"{GREEN}Every event arrived at both nodes and at the chat server; it read every message from MongoDB.{PLAIN}")


def say(text):
    print(f"{DIM}{text}{PLAIN}", flush=True)


def show(label, text):
    print(f"  {DIM}{label:15}{PLAIN} {text}", flush=True)


def summary(message):
    """What kind of message it is, in a line."""
    media = message.get("media") or {}
    shown = {"_id": message["_id"], "sender": message["sender"], "type": media.get("type") or message["messageType"]}
    shown |= {name: media[name] for name in ("fileSize", "duration", "dimensions") if media.get(name)}
    if isinstance(shown["sender"], dict):
        shown["sender"] = shown["sender"]["name"]
    return json.dumps(shown, ensure_ascii=False)


def main(options):
    folder = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    # SIGTERM ends it as Ctrl-C does, with everything that it has started; a shell in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    cluster = Cluster(options.program.resolve(), folder)
    with contextlib.ExitStack() as stack:
        cluster.start(stack)
        for name, base in [("node A", cluster.nodes[0]), ("node B", cluster.nodes[1]), ("chat server", cluster.chat_server)]:
            show(name, base)
        show("work node", "serves no clients")
        demo = Demo(cluster)
        asyncio.run(demo.run())
        if options.keep:
            print(f"It runs on until Ctrl-C. Tokens: Alice {demo.alice['token']}, Bob {demo.bob['token']}", flush=True)
            signal.pause()
        say("stopping everything")
    for data in folder.glob("mongod-*"):
        shutil.rmtree(data)
    return 1 if demo.missing else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="demo-cluster", description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/darkroom", help="the program (default: the release build)")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / ".build/demo-cluster", help="for data and logs; emptied at the start")
    parser.add_argument("--keep", action="store_true", help="let the cluster run on until Ctrl-C")
    try:
        status = main(parser.parse_args())
    except Failure as failure:
        sys.exit(str(failure))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    sys.exit(status)

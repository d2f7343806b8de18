"""Holds Darkroom's format for Node chat servers against the published adapter: a Socket.IO server for Node with @socket.io/redis-adapter
runs beside a node of Darkroom, and both directions are tried.

usage: check_node_adapter.py NODE_MODULES [--program FILE]

NODE_MODULES is a folder with the packages socket.io, @socket.io/redis-adapter and redis, as `npm install` makes it (and more such folders
after a colon). Exits with 1 if what is received differs from what was sent.
"""

import argparse
import asyncio
import json
import os
import pathlib
import shutil
import subprocess

import jwt
import requests
import socketio
from servers import Programs, redis

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".build/node-adapter"
SECRET = "a secret of both servers"
# What MessagePack has more than one form of: short and long texts, lists and objects, numbers of each size. (Whole numbers of more than
# 64 bits are not among them: the adapter's encoder makes zeros of them.)
VALUES = {
    "texts": ["", "a", "ä€😀\u0000", "x" * 31, "x" * 32, "x" * 255, "x" * 256, "x" * 70_000],
    "numbers": [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1, -1, -32, -33, -128, -129, -32_769, -(2**31), -(2**53) + 1,
                0.5, -1e9 - 0.5, 1e-7],
    "others": [True, False, None, [], {}],
    "lists": [list(range(15)), list(range(16)), list(range(70_000))],
    "objects": [{f"key {number}": number for number in range(count)} for count in (15, 16, 300)],
    "nested": [[[{"a": [{"b": {}}]}]]],
}


class Listener:
    """A socket, and the events that it has received and that were not awaited yet."""

    def __init__(self):
        self.client, self.received = socketio.AsyncClient(), asyncio.Queue()
        self.client.on("*", self.record)

    async def record(self, event, data=None):
        if event in ("newMessage", "values", "last"):
            await self.received.put((event, data))

    async def connect(self, base, path, auth):
        await self.client.connect(base, socketio_path=path, auth=auth, transports=["websocket"])

    async def next(self):
        return await asyncio.wait_for(self.received.get(), 30)


def check(text, is_right):
    print(f"{'ok   ' if is_right else 'WRONG'} {text}", flush=True)
    return is_right


async def run(base, chat_server, emit):
    def token(user):
        return jwt.encode({"sub": user, "name": user.title()}, SECRET, algorithm="HS256")

    def send(text, receiver="bob"):
        answer = requests.post(
            f"{base}/bananatalk/api/v1/messages", json={"receiver": receiver, "message": text},
            headers={"Authorization": f"Bearer {token('alice')}"}, timeout=60)
        answer.raise_for_status()
        return answer.json()["data"]["_id"]

    here, there, carol = Listener(), Listener(), Listener()
    await here.connect(base, "bananatalk/socket.io", {"token": token("bob")})
    await carol.connect(base, "bananatalk/socket.io", {"token": token("carol")})
    await there.connect(chat_server, "socket.io", {"rooms": ["bob"]})
    results = []
    for text in VALUES["texts"][1:-1]:
        if "\0" in text:
            continue
        identifier = await asyncio.to_thread(send, text)
        got = [await here.next(), await there.next()]
        same = got[0] == got[1] and got[0][1]["message"]["_id"] == identifier and got[0][1]["message"]["message"] == text
        results.append(check(f"a message of {len(text.encode())} bytes is the same at both", same))
    await asyncio.to_thread(send, "for another user", "carol")
    await carol.next()
    for name, values in VALUES.items():
        for number, value in enumerate(values, 1):
            emit({"emit": "values", "data": {"value": value}, "room": "bob"})
            got = [await here.next(), await there.next()]
            is_same = got == [("values", {"value": value})] * 2
            results.append(check(f"{name} {number}: what Node emits is the same at both" + ("" if is_same else f": {got}"[:300]), is_same))
    emit({"emit": "values", "data": 1, "room": "carol"})
    emit({"emit": "values", "data": 2, "except": "bob"})
    emit({"emit": "last", "data": 3})
    got = [await here.next(), await there.next(), [await carol.next() for _ in range(3)]]
    results.append(check("an event to another room, and one to all except this one, do not arrive", got[:2] == [("last", 3)] * 2))
    results.append(check("the user in the other room receives all", [data for _, data in got[2]] == [1, 2, 3]))
    for listener in (here, there, carol):
        await listener.client.disconnect()
    return all(results)


def main(options):
    shutil.rmtree(FOLDER, ignore_errors=True)
    with Programs(FOLDER) as programs:
        url = redis(programs)
        program = options.program.resolve()
        node = programs.start(
            "darkroom", program, "serve", "--listen", "127.0.0.1:0", "--data", FOLDER / "data", stdout=subprocess.PIPE,
            environment={"DARKROOM_REDIS_URL": url, "JWT_SECRET": SECRET, "DARKROOM_SOCKETIO_CLUSTER": "bananatalk=node"})
        base = node.stdout.readline().decode().split()[-1]
        modules = ":".join(str(pathlib.Path(folder).resolve()) for folder in options.node_modules.split(":"))
        script = ROOT / "Tests/Clients/scripts/node_chat_server.js"
        with subprocess.Popen(
            ["node", script, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "NODE_PATH": modules}
        ) as chat_server:
            port = json.loads(chat_server.stdout.readline())["port"]

            def emit(command):
                chat_server.stdin.write(json.dumps(command) + "\n")
                chat_server.stdin.flush()

            # Leaving the block closes its input, which ends it.
            return 0 if asyncio.run(run(base, f"http://127.0.0.1:{port}", emit)) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("node_modules", metavar="NODE_MODULES", help="folders with socket.io, @socket.io/redis-adapter and redis")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/darkroom")
    raise SystemExit(main(parser.parse_args()))

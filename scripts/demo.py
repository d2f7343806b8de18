"""Uploads samples/ to a fresh Darkroom as chat clients would, and shows what comes of it: each answer, the event that the
receiver's socket got, and where the thumbnail and the waveform's picture lie.

usage: demo.py [--bucket]

With --bucket the objects rest in a bucket of SeaweedFS, started for the demo.
"""

import asyncio
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import requests
import socketio
from bucket import bucket

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/darkroom"
OUTPUT = ROOT / ".build/demo"
# The route and the form field that a chat client uses for the files of a folder.
FORMS = {
    "video": ("messages/video", "video"),
    "voice": ("messages/voice", "voice"),
    "image": ("messages", "attachment"),
    "broken": ("messages/video", "video"),
}
BOLD, DIM, GREEN, RED, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else [""] * 5


def token(user, name):
    command = [PROGRAM, "token", "--user", user, "--name", name, "--data", OUTPUT / "data"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def short(value):
    """The same JSON with long lists and signatures cut, for eyes."""
    if isinstance(value, dict):
        return {key: short(item) for key, item in value.items() if item not in ([], {}, None)}
    if isinstance(value, list) and len(value) > 6:
        return [round(item, 2) if isinstance(item, float) else item for item in value[:5]] + [f"… {len(value)} in all"]
    if isinstance(value, str) and "ignature=" in value:
        return value.split("?")[0] + "?…"
    return value


def show(label, value):
    text = json.dumps(short(value), ensure_ascii=False)
    print(f"  {DIM}{label:9}{PLAIN} {text}")


class Demo:
    def __init__(self, base):
        self.base = base
        self.alice = token("alice", "Alice")
        self.events = asyncio.Queue()
        self.receiver = socketio.AsyncClient()
        self.receiver.on("*", self.note)

    async def note(self, event, data=None):
        await self.events.put((event, data))

    async def listen(self):
        await self.receiver.connect(
            self.base, auth={"token": token("bob", "Bob")}, socketio_path="bananatalk/socket.io", transports=["websocket"]
        )

    async def send(self, path):
        route, field = FORMS[path.parent.name]
        print(f"\n{BOLD}{path.relative_to(ROOT)}{PLAIN} {DIM}POST /bananatalk/api/v1/{route}{PLAIN}")

        def post():
            with path.open("rb") as file:
                return requests.post(
                    f"{self.base}/bananatalk/api/v1/{route}",
                    headers={"Authorization": f"Bearer {self.alice}"},
                    data={"receiver": "bob", "message": path.name},
                    files={field: (path.name, file)},
                )

        answer = await asyncio.to_thread(post)
        color = GREEN if answer.ok else RED
        print(f"  {color}{answer.status_code}{PLAIN}")
        show("answer", answer.json())
        if answer.ok:
            await self.arrived(answer.json()["data"], path)
        return answer.ok

    async def arrived(self, message, path):
        """Waits for the receiver's own copy and fetches what hangs on it."""
        while True:
            event, data = await asyncio.wait_for(self.events.get(), 10)
            if event in ("newMessage", "newVoiceMessage") and data["message"]["_id"] == message["_id"]:
                show(event, {"_id": data["message"]["_id"], **{k: v for k, v in data.items() if k != "message"}})
                break
        media = data["message"]["media"]
        if thumbnail := media.get("thumbnail"):
            picture = OUTPUT / f"{path.name}-thumb.jpg"
            picture.write_bytes((await asyncio.to_thread(requests.get, thumbnail)).content)
            print(f"  {DIM}thumbnail{PLAIN} {picture.relative_to(ROOT)}")
        if media.get("waveform"):
            picture = OUTPUT / f"{path.name}-waveform.png"
            await asyncio.to_thread(
                subprocess.run, [PROGRAM, "inspect", "--waveform", picture, path], check=True, stdout=subprocess.DEVNULL
            )
            print(f"  {DIM}waveform {PLAIN} {picture.relative_to(ROOT)}")


async def main():
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    with bucket("seaweedfs") if "--bucket" in sys.argv[1:] else contextlib.nullcontext({}) as settings:
        await run(settings)


async def run(settings):
    server = await asyncio.create_subprocess_exec(
        PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data", OUTPUT / "data", stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **settings},
    )
    try:
        line = (await server.stdout.readline()).decode()
        base = line.split()[-1]
        demo = Demo(base)
        await demo.listen()
        print(f"Darkroom serves {base}; Alice sends, Bob's socket listens.")
        if settings:
            print(f"Objects rest in the bucket {settings['DARKROOM_S3_BUCKET']} at {settings['DARKROOM_S3_ENDPOINT']}.")
        samples = [path for folder in FORMS for path in sorted((ROOT / "samples" / folder).iterdir())]
        accepted = [await demo.send(path) for path in samples]
        print(
            f"\n{len(samples)} files: {sum(accepted)} became messages, {len(samples) - sum(accepted)} were refused"
            f" (the broken ones, see samples/README.md). Pictures are in {OUTPUT.relative_to(ROOT)}."
        )
        await demo.receiver.disconnect()
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


asyncio.run(main())

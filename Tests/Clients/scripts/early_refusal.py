"""Uploads that are refused early, by clients that were not written for this service.

usage: early_refusal.py CLIENT BASE TOKEN CASE ROUNDS

CASE is `declared` (the length says that it is too large), `token` (none was sent), `middle` (a text named .mp4, refused
after its first bytes while the rest is still being sent). Prints a JSON list of [status, error sentence], one a round.
"""

import asyncio
import http.client
import json
import subprocess
import sys
import tempfile
import urllib.parse

import aiohttp
import requests

BOUNDARY = "darkroom-test-boundary"
client, base, token, case, rounds = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
url = base + "/bananatalk/api/v1/messages/video"
size = (1 << 30) + (8 << 20) if case == "declared" else 96 << 20
head = (
    f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
    f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"video\"; filename=\"clip.mp4\"\r\n"
    "Content-Type: video/mp4\r\n\r\n"
).encode()
tail = f"\r\n--{BOUNDARY}--\r\n".encode()
headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
if case != "token":
    headers["Authorization"] = f"Bearer {token}"


class Body:
    """A multipart form with a file of one letter, made as it is read."""

    def __init__(self):
        self.left = [head, size, tail]
        self.block = b"a" * (1 << 20)

    def __len__(self):
        return len(head) + size + len(tail)

    def read(self, count=-1):
        count = 1 << 16 if count is None or count < 0 else count
        while self.left and not self.left[0]:
            self.left.pop(0)
        if not self.left:
            return b""
        first = self.left[0]
        if isinstance(first, int):
            count = min(count, first, len(self.block))
            self.left[0] = first - count
            return self.block[:count]
        self.left[0] = first[count:]
        return first[:count]

    def __iter__(self):
        while block := self.read(1 << 16):
            yield block

    async def blocks(self):
        for block in self:
            yield block


def by_curl():
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.truncate(size)
        if case == "middle":
            file.write(b"a" * (1 << 20))
            file.flush()
        command = ["curl", "-sS", "-w", "\n%{http_code}", "-F", "receiver=bob", "-F", f"video=@{file.name};type=video/mp4"]
        if case != "token":
            command += ["-H", f"Authorization: Bearer {token}"]
        done = subprocess.run(command + [url], capture_output=True, text=True)
        if done.returncode != 0:
            return [0, done.stderr]
        text, status = done.stdout.rsplit("\n", 1)
        return [int(status), json.loads(text)["error"]]


def by_requests():
    answer = requests.post(url, data=Body(), headers=headers)
    return [answer.status_code, answer.json()["error"]]


def by_http_client():
    parts = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    body = Body()
    connection.request("POST", urllib.parse.urlsplit(url).path, body, {**headers, "Content-Length": str(len(body))})
    answer = connection.getresponse()
    return [answer.status, json.loads(answer.read())["error"]]


async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        body = Body()
        async with session.post(url, data=body.blocks(), headers={**headers, "Content-Length": str(len(body))}) as answer:
            return [answer.status, (await answer.json())["error"]]


def once():
    try:
        if client == "aiohttp":
            return asyncio.run(by_aiohttp())
        return {"curl": by_curl, "requests": by_requests, "http.client": by_http_client}[client]()
    except Exception as error:  # noqa: BLE001 - what a client reports instead of an answer is the finding
        return [0, f"{type(error).__name__}: {error}"]


print(json.dumps([once() for _ in range(rounds)]))

"""Many uploads at once, by aiohttp. Prints {"statuses": {STATUS: COUNT}, "messages": [[_id, url], ...]} for those that were
acknowledged.

usage: uploads.py BASE TOKEN FILE COUNT AT_ONCE [--pad BYTES] [--kill PID AFTER]

With --pad each file is made that long by a `free` box at its end, which players skip. With --kill the process PID is sent
SIGKILL once AFTER uploads have been acknowledged, while others run.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import signal

import aiohttp

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("token")
parser.add_argument("file", type=pathlib.Path)
parser.add_argument("count", type=int)
parser.add_argument("at_once", type=int)
parser.add_argument("--pad", type=int, default=0)
parser.add_argument("--kill", nargs=2, type=int)
options = parser.parse_args()

content = options.file.read_bytes()
if options.pad > len(content) + 8:
    padding = options.pad - len(content)
    content += padding.to_bytes(4) + b"free" + bytes(padding - 8)

statuses = collections.Counter()
messages = []


async def upload(session, number):
    form = aiohttp.FormData()
    form.add_field("receiver", "bob")
    form.add_field("video", content, filename="clip.mp4", content_type="video/mp4")
    try:
        async with session.post(f"{options.base}/bananatalk/api/v1/messages/video", data=form) as answer:
            body = await answer.json()
            statuses[answer.status] += 1
            if answer.status == 201:
                messages.append([body["data"]["_id"], body["data"]["media"]["url"]])
    except aiohttp.ClientError as error:
        statuses[type(error).__name__] += 1
    if options.kill and len(messages) >= options.kill[1]:
        os.kill(options.kill[0], signal.SIGKILL)
        options.kill = None


async def main():
    gate = asyncio.Semaphore(options.at_once)
    headers = {"Authorization": f"Bearer {options.token}"}
    connector = aiohttp.TCPConnector(limit=options.at_once)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:

        async def one(number):
            async with gate:
                await upload(session, number)

        await asyncio.gather(*(one(number) for number in range(options.count)))


asyncio.run(main())
print(json.dumps({"statuses": {str(key): value for key, value in statuses.items()}, "messages": messages}))

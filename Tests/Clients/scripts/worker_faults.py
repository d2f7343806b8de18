"""100 uploads at once, and something that happens to a worker of the service in the middle of them. One line of JSON:
{"statuses": {STATUS: COUNT}, "errors": [TEXT, ...], "waits": [RETRY_AFTER, ...], "bomb": {...} or null,
"metrics": {NAME: VALUE}}.

usage: worker_faults.py BASE TOKEN SERVICE_TOKEN FILE PID FAULT

PID is the service's process. FAULT is segv, kill or hang (of a worker that has a job: all are stopped first, until each has
one), memory (a picture is uploaded as well, of more pixels than a worker has memory for), or none.
"""

import asyncio
import collections
import json
import os
import pathlib
import signal
import struct
import sys
import zlib

import aiohttp

base, token, service_token, file, service, fault = sys.argv[1:]
content = pathlib.Path(file).read_bytes()
statuses, errors, waits = collections.Counter(), [], set()


def workers():
    """The processes that the service has started."""
    tasks = pathlib.Path(f"/proc/{service}/task")
    children = [int(id) for task in tasks.iterdir() for id in (task / "children").read_text().split()]
    return [id for id in children if b"media-worker" in pathlib.Path(f"/proc/{id}/cmdline").read_bytes()]


async def metrics(session):
    async with session.get(f"{base}/metrics", headers={"Authorization": f"Bearer {service_token}"}) as answer:
        lines = (await answer.text()).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


async def upload(session):
    form = aiohttp.FormData()
    form.add_field("receiver", "bob")
    form.add_field("video", content, filename="clip.mp4", content_type="video/mp4")
    async with session.post(f"{base}/bananatalk/api/v1/messages/video", data=form) as answer:
        body = await answer.json()
        statuses[answer.status] += 1
        if answer.status != 201:
            errors.append(body["error"])
        if answer.status == 503:
            waits.add(answer.headers.get("Retry-After"))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def large_picture(width, height):
    """A PNG of one colour, with 16 bits for each of red, green and blue."""
    rows = zlib.compress((b"\0" + b"\x7f" * 6 * width) * height, 1)
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def drop_bomb(session):
    form = aiohttp.FormData()
    form.add_field("file", large_picture(7000, 8000), filename="bomb.png", content_type="image/png")
    headers = {"Authorization": f"Bearer {service_token}"}
    async with session.post(f"{base}/v1/media", data=form, headers=headers) as answer:
        body = await answer.json()
        return {"status": answer.status, "code": body.get("code"), "thumbnail": body.get("thumbnail")}


async def strike(session):
    if fault == "none":
        return None
    if fault == "memory":
        return await drop_bomb(session)
    all_workers = workers()
    for worker in all_workers:
        os.kill(worker, signal.SIGSTOP)
    while (await metrics(session))["darkroom_inspections_running"] < len(all_workers):
        pass
    victim, *others = all_workers
    if fault == "segv":
        os.kill(victim, signal.SIGSEGV)
        os.kill(victim, signal.SIGCONT)
    elif fault == "kill":
        os.kill(victim, signal.SIGKILL)
    for worker in others:
        os.kill(worker, signal.SIGCONT)
    return None


async def main():
    headers = {"Authorization": f"Bearer {token}"}
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(headers=headers, connector=connector, timeout=timeout) as session:
        bomb, *_ = await asyncio.gather(strike(session), *(upload(session) for _ in range(100)))
        print(json.dumps({"statuses": {str(key): value for key, value in statuses.items()}, "errors": errors, "waits": list(waits), "bomb": bomb,
                          "metrics": await metrics(session)}))


asyncio.run(main())

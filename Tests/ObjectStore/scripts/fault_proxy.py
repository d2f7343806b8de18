"""A proxy between Darkroom and an S3 server that does what networks and servers do on a bad day.

    fault_proxy.py UPSTREAM_PORT [--equal-parts]

Prints {"port": …} when it listens. Each line of its input is a JSON list of faults that takes the place of the one before, and
is answered with {"met": how many requests a fault met since the last line}:

    [{"operation": "UploadPart" or "*", "kind": …, "times": how many requests of each operation meet it}]

    drop       closes the connection instead of an answer
    reset      resets the connection in the middle of the request
    lost       passes the request on and resets the connection instead of passing on the answer
    500, 503, 429    answers so, with S3's error document
    stall      says nothing, for ever
    half       passes the request on, half of the answer back, and says nothing more
    truncated  passes the request on and closes the connection after half of the answer
    error      answers 200 with an error document
    late       takes the whole request and says nothing; passes it on when it is told to, whether or not the client is there

The line "deliver" passes on what came late, one request after the other, and is answered with {"delivered": how many of them
the server did, "held": how many there were}. The line "held" is answered with {"held": how many wait}.

With --equal-parts it completes no multipart upload unless all parts but the last have the same size, and the last is no larger,
as Cloudflare R2 requires. It ends when its input does."""

import asyncio
import json
import os
import re
import socket
import struct
import sys
import urllib.parse

UPSTREAM = int(sys.argv[1])
faults = []
met = 0
held = []
part_sizes = {}
CODES = {"500": "InternalError", "503": "SlowDown", "429": "TooManyRequests", "error": "InternalError"}


def operation(method, target):
    path, _, query = target.partition("?")
    names = {name for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)}
    of_object = path.strip("/").count("/") > 0
    if method == "PUT":
        return "UploadPart" if "partNumber" in names else "PutObject" if of_object else "CreateBucket"
    if method == "POST":
        return (
            "CreateMultipartUpload" if "uploads" in names
            else "CompleteMultipartUpload" if "uploadId" in names else "DeleteObjects"
        )
    if method == "DELETE":
        return "AbortMultipartUpload" if "uploadId" in names else "DeleteObject" if of_object else "DeleteBucket"
    if method == "HEAD":
        return "HeadObject" if of_object else "HeadBucket"
    return "ListMultipartUploads" if "uploads" in names else "ListObjectsV2" if "list-type" in names else "GetObject"


def fault(name):
    global met
    for each in faults:
        left = each.setdefault("left", {}).setdefault(name, each["times"])
        if each["operation"] in (name, "*") and left > 0:
            each["left"][name] -= 1
            met += 1
            return each["kind"]
    return None


def unequal(method, target, body):
    """Whether this completes an upload whose parts do not have the same size. Notes the size of a part."""
    query = dict(urllib.parse.parse_qsl(target.partition("?")[2], keep_blank_values=True))
    sizes = part_sizes.setdefault(query.get("uploadId"), {})
    if method == "PUT" and "partNumber" in query:
        sizes[int(query["partNumber"])] = len(body)
    if method != "POST" or "uploadId" not in query:
        return False
    parts = [sizes[int(number)] for number in re.findall(rb"<PartNumber>(\d+)</PartNumber>", body)]
    return len(set(parts[:-1])) > 1 or parts[-1] > parts[0]


async def head(reader):
    """The first line and the fields of a message, and its bytes."""
    raw = await reader.readuntil(b"\r\n\r\n")
    lines = raw.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    return lines[0].split(" "), fields, raw


async def body_of_answer(reader, method, status, fields):
    if method == "HEAD" or status in (204, 304):
        return b""
    if fields.get("transfer-encoding") == "chunked":
        raw = b""
        while True:
            size = await reader.readline()
            raw += size + await reader.readexactly(int(size, 16) + 2)
            if int(size, 16) == 0:
                return raw
    return await reader.readexactly(int(fields.get("content-length", 0)))


def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def serve(reader, writer):
    upstream = None
    try:
        while True:
            (method, target, _), fields, raw = await head(reader)
            length = int(fields.get("content-length", 0))
            kind = fault(operation(method, target))
            if kind == "drop":
                return
            if kind == "reset":
                await reader.readexactly(length // 2)
                return reset(writer)
            body = await reader.readexactly(length)
            if "--equal-parts" in sys.argv and unequal(method, target, body):
                text = "<Error><Code>InvalidPart</Code><Message>All non-trailing parts must have the same length.</Message></Error>"
                writer.write(f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
                await writer.drain()
                continue
            if kind == "late":
                held.append((method, raw + body))
                await reader.read(1)
                return
            if kind == "stall":
                await reader.read(1)
                return
            if kind in CODES:
                status = "200" if kind == "error" else kind
                text = f"<?xml version=\"1.0\"?><Error><Code>{CODES[kind]}</Code><Message>As asked.</Message></Error>"
                empty = method == "HEAD"
                writer.write(
                    f"HTTP/1.1 {status} Fault\r\nContent-Length: {len(text)}\r\nRetry-After: 0\r\n\r\n{'' if empty else text}".encode()
                )
                await writer.drain()
                continue
            if upstream is None:
                upstream = await asyncio.open_connection("127.0.0.1", UPSTREAM, limit=1 << 20)
            upstream[1].write(raw + body)
            await upstream[1].drain()
            while True:
                (_, status, *_), fields, answer = await head(upstream[0])
                if not status.startswith("1"):
                    break
            content = await body_of_answer(upstream[0], method, int(status), fields)
            if kind == "lost":
                return reset(writer)
            if kind in ("half", "truncated"):
                writer.write(answer + content[: len(content) // 2] if content else answer[: len(answer) // 2])
                await writer.drain()
                if kind == "half":
                    await reader.read(1)
                return
            writer.write(answer + content)
            await writer.drain()
            if fields.get("connection", "").lower() == "close":
                return
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        for each in [writer] + ([upstream[1]] if upstream else []):
            each.close()


async def deliver():
    """How many of the requests that were held the server does now, of how many."""
    requests, done = list(held), 0
    held.clear()
    for method, request in requests:
        reader, writer = await asyncio.open_connection("127.0.0.1", UPSTREAM, limit=1 << 20)
        writer.write(request)
        await writer.drain()
        status = "100"
        while status.startswith("1"):
            (_, status, *_), fields, _ = await head(reader)
        await body_of_answer(reader, method, int(status), fields)
        done += status.startswith("2")
        writer.close()
    return {"delivered": done, "held": len(requests)}


async def obey(command):
    """The answer to a line of the input."""
    global faults, met
    if command == "deliver":
        return await deliver()
    if command == "held":
        return {"held": len(held)}
    faults, before, met = command, met, 0
    return {"met": before}


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    loop, parent = asyncio.get_running_loop(), os.getppid()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while os.getppid() == parent:
        try:
            line = await asyncio.wait_for(commands.readline(), 1)
        except asyncio.TimeoutError:
            continue
        if not line:
            break
        print(json.dumps(await obey(json.loads(line))), flush=True)
    os._exit(0)


asyncio.run(main())

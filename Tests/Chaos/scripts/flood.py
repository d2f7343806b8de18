"""Floods a service with requests that need no token, and measures the effect on other clients.

usage: flood.py BASE TOKEN PID KIND COUNT

KIND is one of:
  handshakes   COUNT polling handshakes of Socket.IO over one connection, beside which a client of another address opens a
               session, and a client with TOKEN of the same address connects, over and over
  sockets      COUNT WebSockets of Socket.IO that say nothing
  fragments    COUNT WebSockets that send a message of 120,000 fragments of one byte
  documents    COUNT WebSockets that connect with a megabyte of JSON that is nothing but empty arrays
  authorized   the same of clients with TOKEN, as an event

Prints {"others": how many sessions of the other address were opened and still answered at the end, "refused": how many not,
"authenticated": how many connections with TOKEN were made, "failed": how many not, "small": the slowest small request in
seconds, "grown": by how many bytes the memory of PID grew, "ended": how many WebSockets the service ended}.
"""

import asyncio
import json
import resource
import sys
import time
import urllib.parse

import aiohttp

base, token, pid, kind, count = sys.argv[1:]
count = int(count)
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
address = urllib.parse.urlsplit(base)
PATH = "/bananatalk/socket.io/?EIO=4&transport="
# The number of rounds of each client beside the flood.
rounds = {"others": 0, "authenticated": 0, "small": 0}
result = {"others": 0, "refused": 0, "authenticated": 0, "failed": 0, "small": 0.0, "grown": 0, "ended": 0}


def memory():
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def session(source=None):
    connector = aiohttp.TCPConnector(local_addr=(source, 0) if source else None, limit=0)
    return aiohttp.ClientSession(base, connector=connector, timeout=aiohttp.ClientTimeout(total=60))


async def handshake(client):
    async with client.get(PATH + "polling") as answer:
        return json.loads((await answer.text())[1:])["sid"] if answer.status == 200 else None


async def connect(client):
    """A handshake, followed by CONNECT with the token after a short delay, as over a slow network."""
    sid = await handshake(client)
    if sid is None:
        return False
    await asyncio.sleep(0.2)
    async with client.post(f"{PATH}polling&sid={sid}", data="40" + json.dumps({"token": token})) as answer:
        if answer.status != 200:
            return False
    async with client.get(f"{PATH}polling&sid={sid}") as answer:
        return answer.status == 200 and (await answer.text()).startswith("40{")


async def another_round():
    """Waits until each client beside the flood has completed two more rounds, so that one round ran entirely after this call."""
    before = dict(rounds)
    while any(rounds[name] < before[name] + 2 for name in rounds):
        await asyncio.sleep(0.05)


async def others(stop):
    """Clients of another address, which open sessions and check at the end whether these still respond."""
    sids = []
    async with session("127.0.0.2") as client:
        while not stop.is_set():
            sids.append(await handshake(client))
            rounds["others"] += 1
            await asyncio.sleep(0.05)
        for sid in sids[-20:]:
            async with client.post(f"{PATH}polling&sid={sid}", data="6") as answer:
                result["others" if answer.status == 200 else "refused"] += 1


async def authenticated(stop):
    while not stop.is_set():
        async with session() as client:
            result["authenticated" if await connect(client) else "failed"] += 1
            rounds["authenticated"] += 1


async def small(stop):
    async with session("127.0.0.3") as client:
        while not stop.is_set():
            begin = time.monotonic()
            async with client.get("/healthz") as answer:
                assert answer.status == 200
            result["small"] = max(result["small"], time.monotonic() - begin)
            rounds["small"] += 1
            await asyncio.sleep(0.02)


async def handshakes():
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    request = f"GET {PATH}polling HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    for _ in range(count // 100):
        # As many as the service reads ahead while it handles one.
        writer.write(request * 100)
        for _ in range(100):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
    writer.close()


async def sockets(send):
    """Opens WebSockets, hundreds at a time, and runs `send` on each."""
    gate = asyncio.Semaphore(100)

    async def one():
        try:
            async with gate:
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                writer.write(
                    f"GET {PATH}websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
                )
                await reader.readuntil(b"\r\n\r\n")
            await send(reader, writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            result["ended"] += 1

    await asyncio.gather(*(one() for _ in range(count)))


def frame(data, opcode=1, final=True):
    head = bytes([opcode | (0x80 if final else 0)])
    length = len(data)
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += bytes([0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([0x80 | 127]) + length.to_bytes(8, "big")
    return head + bytes(4) + data


ARRAYS = b'{"a":[' + b"[]," * 330_000 + b"0]}"


async def silent(reader, writer):
    await reader.readexactly(1 << 20)


async def fragments(reader, writer):
    writer.write(frame(b"4", final=False) + frame(b"0", opcode=0, final=False) * 120_000)
    await writer.drain()
    await reader.readexactly(1 << 20)


async def documents(reader, writer):
    writer.write(frame(b"40" + ARRAYS))
    await writer.drain()
    await reader.readexactly(1 << 20)


async def authorized(reader, writer):
    writer.write(frame(b"40" + json.dumps({"token": token}).encode()))
    # If the user has too many sessions, the connection is closed first.
    await reader.readuntil(b'40{"sid"')
    writer.write(frame(b'42["typing",' + ARRAYS + b"]"))
    await writer.drain()
    await reader.readexactly(1 << 20)


async def main():
    stop = asyncio.Event()
    beside = [asyncio.create_task(task(stop)) for task in (others, authenticated, small)]
    await another_round()
    before = memory()
    if kind == "handshakes":
        await handshakes()
    else:
        await sockets({"sockets": silent, "fragments": fragments, "documents": documents, "authorized": authorized}[kind])
    # The clients beside the flood notice its end, too.
    await another_round()
    result["grown"] = memory() - before
    stop.set()
    await asyncio.gather(*beside)
    print(json.dumps(result))


asyncio.run(main())

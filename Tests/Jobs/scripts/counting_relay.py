"""Passes connections on to an S3 server and counts what it sends back, as it is on the wire.

    counting_relay.py UPSTREAM_PORT

Prints {"port": …} when it listens. Each line of its input is answered with {"bytes": …, "connections": …}, counted since the
line before. It ends when its input does."""

import asyncio
import json
import os
import sys

upstream = int(sys.argv[1])
counts = {"bytes": 0, "connections": 0}


async def pump(reader, writer, counted):
    try:
        while chunk := await reader.read(1 << 16):
            if counted:
                counts["bytes"] += len(chunk)
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    counts["connections"] += 1
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", upstream)
    await asyncio.gather(pump(reader, far_writer, False), pump(far_reader, writer, True))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    commands = asyncio.StreamReader()
    loop, parent = asyncio.get_running_loop(), os.getppid()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while os.getppid() == parent:
        try:
            line = await asyncio.wait_for(commands.readline(), 1)
        except asyncio.TimeoutError:
            continue
        if not line:
            break
        print(json.dumps(counts), flush=True)
        counts.update(bytes=0, connections=0)
    os._exit(0)


asyncio.run(main())

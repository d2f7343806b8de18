"""A chat server with sockets of its own: python-socketio with its Redis manager, on a free port of the loopback interface.

usage: chat_server.py REDIS_URL

A client's handshake names the rooms that it enters: {"rooms": [...]}. Prints {"port": N}. Each line of its input is
{"emit": NAME, "data": …, "room": ROOM}; the input's end ends it.
"""

import asyncio
import json
import sys

import socketio
from aiohttp import web


async def main(redis_url):
    server = socketio.AsyncServer(async_mode="aiohttp", client_manager=socketio.AsyncRedisManager(redis_url))
    application = web.Application()
    server.attach(application)

    @server.event
    async def connect(sid, environ, auth):
        for room in auth["rooms"]:
            await server.enter_room(sid, room)

    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    # Its manager subscribes when the first client connects, or it emits something first.
    await server.emit("started", {}, room="nobody")
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        told = json.loads(line)
        await server.emit(told["emit"], told["data"], room=told["room"])
    await runner.cleanup()


asyncio.run(main(sys.argv[1]))

"""A client of the intok socket by the websockets library. Prints a line of JSON for each thing that happens.

usage: intok_socket.py URL

First {"open": true} or {"refused": STATUS, "body": TEXT}; then each frame as it came; at the end {"closed": CODE}.
Each line of standard input is sent as a text frame, as it is; its end closes the socket.
"""

import asyncio
import json
import sys

import websockets


def say(thing):
    print(json.dumps(thing), flush=True)


async def type_in(socket):
    lines = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        await socket.send(line.decode().rstrip("\n"))
    await socket.close()


async def main(url):
    try:
        socket = await websockets.connect(url)
    except websockets.InvalidStatus as refusal:
        return say({"refused": refusal.response.status_code, "body": refusal.response.body.decode()})
    say({"open": True})
    typing = asyncio.create_task(type_in(socket))
    try:
        async for frame in socket:
            say(json.loads(frame))
    except websockets.ConnectionClosed:
        pass
    typing.cancel()
    say({"closed": socket.close_code})


asyncio.run(main(sys.argv[1]))

"""A client of the intok socket by the websockets library. Prints a line of JSON for each thing that happens.

usage: intok_socket.py URL

First {"open": true} or {"refused": STATUS, "body": TEXT}; then each frame as it came; at the end {"closed": CODE}.
Each line of standard input is sent as a text frame, as it is; its end closes the socket. Ends with status 1 at a frame that is not
as `darkroom asyncapi` describes it.
"""

import asyncio
import json
import os
import sys

import described_events
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
        async for text in socket:
            frame = json.loads(text)
            if problem := described_events.undescribed("intok", frame["action"], frame):
                say({"undescribed": problem})
                print(problem, file=sys.stderr, flush=True)
                os._exit(1)
            say(frame)
    except websockets.ConnectionClosed:
        pass
    typing.cancel()
    say({"closed": socket.close_code})


asyncio.run(main(sys.argv[1]))

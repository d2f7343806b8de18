"""A Socket.IO client (python-socketio) that does what it is told, line by line.

usage: socket_peer.py BASE PATH [--auth JSON] [--transport polling|websocket|both] [--header "NAME: VALUE"]...

Prints {"connected": SID} or {"refused": …}, then {"event": NAME, "data": …} for each event and {"ended": true} when the server
ends it. Reads {"emit": NAME, "data": …} from its input, and leaves at the input's end. Ends with status 1 at an event that is not as
`darkroom asyncapi` describes it.
"""

import argparse
import asyncio
import json
import os
import sys

import described_events
import socketio

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("path")
parser.add_argument("--auth", type=json.loads)
parser.add_argument("--transport", default="both")
parser.add_argument("--header", action="append", default=[], type=lambda text: text.split(": ", 1))
options = parser.parse_args()


# Those below whose path the client connects. In the others, chat servers emit events of their own to these clients.
APIS = {"imagekit"}


def say(**line):
    print(json.dumps(line), flush=True)


async def main():
    client = socketio.AsyncClient(reconnection=False)

    @client.on("*")
    async def any_event(event, *data):
        api = options.path.split("/")[0]
        problem = described_events.undescribed(api, event, data[0] if data else None) if api in APIS else None
        if problem:
            say(undescribed=problem)
            print(problem, file=sys.stderr, flush=True)
            os._exit(1)
        say(event=event, data=data[0] if len(data) == 1 else list(data))

    @client.event
    async def connect_error(data):
        say(refused=data)

    @client.event
    async def disconnect(*reason):
        say(ended=True)

    transports = ["polling", "websocket"] if options.transport == "both" else [options.transport]
    try:
        await client.connect(
            options.base, auth=options.auth, socketio_path=options.path, transports=transports, wait_timeout=30,
            headers=dict(options.header),
        )
    except socketio.exceptions.ConnectionError:
        return
    say(connected=client.get_sid())
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        told = json.loads(line)
        await client.emit(told["emit"], told["data"])
    await client.disconnect()


asyncio.run(main())

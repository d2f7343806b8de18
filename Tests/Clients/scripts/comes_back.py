"""A Socket.IO client (python-socketio) that lives through restarts of the service and does nothing to come back but what the
library does by itself.

usage: comes_back.py BASE PATH TOKEN --transport polling|websocket|both --until EVENT

Prints {"connected": TIMES}, {"disconnected": REASON} and {"event": NAME, "data": …} for each thing that happens, and ends after
EVENT.
"""

import argparse
import asyncio
import json

import socketio

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("path")
parser.add_argument("token")
parser.add_argument("--transport", default="both")
parser.add_argument("--until", required=True)
options = parser.parse_args()


def say(**line):
    print(json.dumps(line), flush=True)


async def main():
    client = socketio.AsyncClient(reconnection=True, reconnection_delay=0.2, reconnection_delay_max=1)
    times = 0
    finished = asyncio.Event()

    @client.event
    async def connect():
        nonlocal times
        times += 1
        say(connected=times)

    @client.event
    async def disconnect(reason):
        say(disconnected=reason)

    @client.on("*")
    async def any_event(event, *data):
        say(event=event, data=data[0] if len(data) == 1 else list(data))
        if event == options.until:
            finished.set()

    transports = ["polling", "websocket"] if options.transport == "both" else [options.transport]
    await client.connect(
        options.base,
        auth={"token": options.token},
        socketio_path=options.path,
        transports=transports,
        wait_timeout=10,
    )
    # The client has not said that it has moved to the WebSocket before connect() returns.
    say(transport=client.transport())
    await asyncio.wait_for(finished.wait(), 240)
    await client.disconnect()


asyncio.run(main())

"""A Socket.IO client (python-socketio) that expects to be turned away, with the handlers that references name.

usage: turned_away.py BASE PATH TOKEN --transport polling|websocket|both

Prints {"authError": …, "connect_error": …, "others": [names]} once it has heard both. A TOKEN of - is none.
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
options = parser.parse_args()


async def main():
    client = socketio.AsyncClient(reconnection=False)
    heard = {"others": []}
    told = asyncio.Event()

    def hear(name, data):
        heard[name] = data
        if "authError" in heard and "connect_error" in heard:
            told.set()

    @client.on("authError")
    async def auth_error(data):
        hear("authError", data)

    @client.event
    async def connect_error(data):
        hear("connect_error", data)

    @client.on("*")
    async def any_event(event, *data):
        heard["others"].append(event)

    transports = ["polling", "websocket"] if options.transport == "both" else [options.transport]
    try:
        await client.connect(
            options.base,
            auth=None if options.token == "-" else {"token": options.token},
            socketio_path=options.path,
            transports=transports,
            wait_timeout=10,
        )
    except socketio.exceptions.ConnectionError:
        # The client may be out before it has noticed that it was in.
        pass
    await asyncio.wait_for(told.wait(), 30)
    await client.disconnect()
    print(json.dumps(heard))


asyncio.run(main())

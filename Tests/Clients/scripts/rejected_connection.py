"""A Socket.IO client (python-socketio) that reconnects by itself, as clients do, and expects to be turned away for good.

usage: rejected_connection.py BASE PATH TOKEN --transport polling|websocket|both

Prints {"authError": …, "connected": times, "others": [names]} a second after it has lost the connection: ten times as long as a
client that reconnects would wait.
A TOKEN of - is none.
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


async def lost(client):
    while client.eio.state == "connected":
        await asyncio.sleep(0.05)


async def main():
    client = socketio.AsyncClient(reconnection=True, reconnection_delay=0.1, reconnection_delay_max=0.1)
    heard = {"connected": 0, "others": []}
    told = asyncio.Event()

    @client.on("authError")
    async def auth_error(data):
        heard["authError"] = data
        told.set()

    @client.event
    async def connect_error(data):
        heard["others"].append("connect_error")

    @client.event
    async def connect():
        heard["connected"] += 1

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
            wait_timeout=2,
        )
    except socketio.exceptions.ConnectionError:
        # The client may be out before it has noticed that it was in.
        pass
    await asyncio.wait_for(told.wait(), 30)
    # Not client.wait(): it throws when the client closes its HTTP session just as its next poll begins.
    await asyncio.wait_for(lost(client), 30)
    await asyncio.sleep(1)
    print(json.dumps(heard))


asyncio.run(main())

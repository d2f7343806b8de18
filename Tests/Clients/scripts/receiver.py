"""A chat client that listens: connects by Socket.IO, prints a JSON line for each thing that happens.

usage: receiver.py BASE TOKEN [--path PATH] [--transport polling|websocket|both] [--first EVENT JSON ANSWER]...
                   [--emit EVENT JSON]... [--until N] [--timeout S]

Prints {"connected": SID, "transport": NAME}, and {"event": NAME, "data": …} and {"ack": EVENT, "data": …};
ends after N events and acknowledgements (presence does not count), or after S seconds with status 1. With --first it
says EVENT before it says that it is connected, and waits for the event ANSWER. A TOKEN of - is none. Ends with status 1 at an event
or acknowledgement that is not as `darkroom asyncapi` describes it.
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
parser.add_argument("token")
parser.add_argument("--path", default="bananatalk/socket.io")
parser.add_argument("--transport", default="both")
parser.add_argument("--first", nargs=3, action="append", default=[])
parser.add_argument("--emit", nargs=2, action="append", default=[])
parser.add_argument("--until", type=int, default=1)
parser.add_argument("--timeout", type=float, default=240)
options = parser.parse_args()

# Sent whenever somebody comes or goes, and regularly: shown, but not waited for.
PRESENCE = {"userStatusUpdate", "onlineUsers", "bulkStatusUpdate", "user_online", "user_offline", "ping"}


# Those below whose path the client connects.
APIS = {"bananatalk", "imagekit", "rooms"}


def check(event, data, key="service"):
    api = options.path.split("/")[0]
    problem = described_events.undescribed(api, event, data, key=key) if api in APIS else None
    if problem:
        say(undescribed=problem)
        print(problem, file=sys.stderr, flush=True)
        os._exit(1)


def say(**line):
    print(json.dumps(line), flush=True)


async def main():
    client = socketio.AsyncClient(reconnection=False)
    seen = 0
    finished = asyncio.Event()
    answers = asyncio.Queue()
    is_ready = not options.first

    def count():
        nonlocal seen
        seen += 1
        if seen >= options.until:
            finished.set()

    @client.on("*")
    async def any_event(event, *data):
        check(event, data[0] if data else None)
        say(event=event, data=data[0] if len(data) == 1 else list(data))
        if not is_ready:
            answers.put_nowait(event)
        elif event not in PRESENCE:
            count()

    @client.event
    async def connect_error(data):
        say(refused=data)

    transports = ["polling", "websocket"] if options.transport == "both" else [options.transport]
    await client.connect(
        options.base,
        auth=None if options.token == "-" else {"token": options.token},
        socketio_path=options.path,
        transports=transports,
        wait_timeout=10,
    )
    for event, data, expected in options.first:
        await client.emit(event, json.loads(data))
        while await asyncio.wait_for(answers.get(), options.timeout) != expected:
            pass
    is_ready = True
    say(connected=client.get_sid(), transport=client.transport())

    def acknowledged(event):
        def acknowledge(*data):
            # Chat systems do not acknowledge each event with data.
            if data:
                check(event + "-reply", data[0], key="client")
            say(ack=event, data=data[0] if len(data) == 1 else list(data))
            count()

        return acknowledge

    for event, data in options.emit:
        await client.emit(event, json.loads(data), callback=acknowledged(event))
    try:
        await asyncio.wait_for(finished.wait(), options.timeout)
    finally:
        await client.disconnect()


try:
    asyncio.run(main())
except Exception as error:  # noqa: BLE001
    say(failed=f"{type(error).__name__}: {error}")
    sys.exit(1)

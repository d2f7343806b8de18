"""A signalrcore client of a hub. Prints a line of JSON for everything that happens:
{"connected": true} or {"refused": ERROR}, {"event": NAME, "arguments": [...]}, {"completed": METHOD, "result" | "error"}.

usage: signalr_receiver.py HUB_URL TOKEN --until COUNT [--counting EVENT] [--skip-negotiation]
       [--transport websockets|sse|polling] [--messagepack] [--invoke METHOD ARGUMENT]...

Ends with status 1 at an event that is not as `darkroom asyncapi` describes it; otherwise it ends after COUNT events, completions and errors, or COUNT of that event, or when the server closes the connection ({"closed": true}).
"""

import argparse
import json
import logging
import os
import queue
import sys

import described_events
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol
from signalrcore.types import HttpTransportType

EVENTS = ["MessageReceived", "MessageRead", "UserTyping", "UserOnline", "UserOffline"]

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("token")
parser.add_argument("--until", type=int, required=True)
parser.add_argument("--counting", choices=EVENTS)
parser.add_argument("--skip-negotiation", action="store_true")
parser.add_argument("--transport", choices=["websockets", "sse", "polling"], default="websockets")
parser.add_argument("--messagepack", action="store_true")
parser.add_argument("--invoke", nargs=2, action="append", default=[])
options = parser.parse_args()

happened = queue.Queue()
settings = {"access_token_factory": lambda: options.token, "skip_negotiation": options.skip_negotiation}
if options.transport != "websockets":
    # Its polls carry no header with the token: it is part of the address, as browsers have it.
    options.url += "?access_token=" + options.token
    settings["transport"] = {
        "sse": HttpTransportType.server_sent_events, "polling": HttpTransportType.long_polling
    }[options.transport]
builder = HubConnectionBuilder().with_url(options.url, options=settings).configure_logging(logging.CRITICAL)
if options.messagepack:
    builder = builder.with_hub_protocol(MessagePackHubProtocol())
connection = builder.build()
connection.on_open(lambda: happened.put({"connected": True}))
connection.on_close(lambda: happened.put({"closed": True}))
connection.on_error(lambda error: happened.put({"error": str(getattr(error, "error", error))}))
for name in EVENTS:
    connection.on(name, lambda arguments, name=name: happened.put({"event": name, "arguments": arguments}))


def report(line):
    print(json.dumps(line), flush=True)


try:
    connection.start()
except Exception as error:
    report({"refused": f"{type(error).__name__}: {error}"})
    sys.exit()

count = 0
while count < options.until:
    line = happened.get(timeout=120)
    if "event" in line and (problem := described_events.undescribed("signalr", line["event"], line["arguments"])):
        report({"undescribed": problem})
        print(problem, file=sys.stderr, flush=True)
        os._exit(1)
    report(line)
    if "closed" in line:
        sys.exit()
    if "connected" in line:
        for method, argument in options.invoke:
            connection.send(
                method,
                [argument],
                on_invocation=lambda message, method=method: happened.put(
                    {"completed": method, "result": message.result, "error": message.error}
                ),
            )
    elif options.counting in (None, line.get("event")):
        count += 1
# A proper stop waits for the client's keep-alive thread, which sleeps for a quarter of a minute.
os._exit(0)

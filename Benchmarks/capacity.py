"""What a number of media a day takes of each part of a cluster, and which part is at its limit first.

usage: capacity.py [--times FILE] [MEDIA_A_DAY]...

FILE is what `Benchmarks/run cluster` leaves in .build/bench/service-times.json; by default the one beside this script, with which
docs/scaling.md was written. The assumptions are the constants below.
"""

import argparse
import json
import math
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
DAY = 86_400
# Of a hundred messages. Media are those that are not texts.
MIX = {"text": 80, "photo": 14, "voice": 5, "video": 1}
# The busiest hour has this many times the mean of the day.
PEAK = 3
# The part of a core that may be busy in the busiest hour.
BUSY = 0.6
# Sockets that receive an event of a message: the sender's and the receivers' devices.
SOCKETS = 4
# Users who are connected in the busiest hour, for each message that is sent in it per second: each sends one every five minutes.
CONNECTED = 300
# A serving node of four cores, which keeps 20,000 sockets; a primary of MongoDB of 32 cores, Redis with one thread.
NODE_CORES, NODE_SOCKETS, PRIMARY_CORES = 4, 20_000, 32
# Of a message in Redis: its event, and about 30 bytes for each receiver.
EVENT_BYTES = 1_500


def model(times, media):
    """The load of each part in the busiest hour."""
    each = times["times"]
    messages = media / (1 - MIX["text"] / 100) / DAY * PEAK
    rates = {kind: messages * share / 100 for kind, share in MIX.items()}

    def cores(part):
        return sum(rate * each[kind][part] / 1e3 for kind, rate in rates.items()) / BUSY

    fan_out = max(times["fan-out, CPU microseconds a socket"].values())
    serving = cores("nodes") + messages * SOCKETS * fan_out / 1e6 / BUSY
    sockets = messages * CONNECTED
    received = sum(rate * times["bytes"][kind] for kind, rate in rates.items())
    return {
        "messages a second": messages, "received and stored, MB/s": received / 1e6, "sockets": sockets,
        "serving nodes: cores": serving, "sockets: GB": sockets * times["bytes a socket"] / 1e9,
        "primary of MongoDB: cores": cores("MongoDB's primary"), "each secondary: cores": cores("its secondaries") / 2,
        "Redis: cores": cores("Redis"), "Redis: MB/s to each node": messages * EVENT_BYTES / 1e6,
        "serving nodes": max(2, math.ceil(serving / NODE_CORES), math.ceil(sockets / NODE_SOCKETS)),
        "stored a day, TB": received / PEAK * DAY / 1e12,
    }


def limits(times):
    """Media a day at which each part that cannot be multiplied is at its limit."""
    one = model(times, 1e6)
    return {
        f"the primary of MongoDB, {PRIMARY_CORES} cores": 1e6 * PRIMARY_CORES / one["primary of MongoDB: cores"],
        "Redis, one thread": 1e6 / one["Redis: cores"],
        "a node's share of Redis' stream, 100 MB/s": 1e6 * 100 / one["Redis: MB/s to each node"],
        "delivery of one chat system's events, at the measured rate": 1e6 * times["messages a second delivered"] * BUSY / one["messages a second"],
    }


def number(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=pathlib.Path, default=HERE / "service-times.json")
    parser.add_argument("media", type=float, nargs="*", default=[1e6, 1e8], metavar="MEDIA_A_DAY")
    options = parser.parse_args()
    times = json.loads(options.times.read_text())
    columns = [model(times, media) for media in options.media]
    print("| in the busiest hour | " + " | ".join(f"{media:,.0f} media a day" for media in options.media) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(number(column[name]) for column in columns) + " |")
    print("\n| at its limit | at media a day |\n|---|---|")
    for name, media in sorted(limits(times).items(), key=lambda item: item[1]):
        print(f"| {name} | {number(media / 1e6)} M |")


if __name__ == "__main__":
    main()

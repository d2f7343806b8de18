"""One, two and three nodes on this machine: messages a second, what each takes of every part, fan-out over two nodes, idle sockets."""

import collections
import json
import os
import resource
import subprocess
import time

from . import fanout
from .files import compiled, large, padded, voice
from .idle import chat_socket
from .machine import SCRATCH
from .nodes import Cluster
from .sending import Waits
from .service import BASE
from .table import markdown
from .timing import Failed

CONNECTIONS = 16
SOCKETS = 10_000
# Of a hundred messages: what the model in `capacity.py` assumes.
MIX = {"text": 80, "photo": 14, "voice": 5, "video": 1}
Kind = collections.namedtuple("Kind", "path field file")
Run = collections.namedtuple("Run", "seconds waits counts cpu drain")


def kinds():
    """What is sent: a short text, a photo of 1600 × 1200, a voice message of 15 s, and a video of 10 MiB in 1080p."""
    text = SCRATCH / "text.txt"
    text.write_text("See you at eight, in front of the station? I bring the tickets.")
    photo = SCRATCH / "photo.jpg"
    if not photo.exists():
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=1600x1200,noise=alls=12:allf=t", "-frames:v", "1", "-q:v", "4", photo],
            check=True)
    return {
        "text": Kind(f"{BASE}/messages", "message", text),
        "photo": Kind(f"{BASE}/messages", "attachment", photo),
        "voice": Kind(f"{BASE}/messages/voice", "voice", voice("fifteen-seconds.m4a", 15)),
        "video": Kind(f"{BASE}/messages/video", "video", padded(large(), "ten-mebibytes.mp4", 10 << 20)),
    }


def send(cluster, clients, seconds, users):
    """Runs (kind, connections) at each node for some seconds. Each connection sends the next message when it has the response."""
    running, before = [], (cluster.cpu_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN))
    for node in cluster.nodes:
        for name, kind, connections in clients:
            # A user's messages of a day are limited.
            tokens = ",".join(fanout.token(f"{users}-{node.port}-{name}-{number}") for number in range(connections))
            command = [compiled("repeat.c"), str(node.port), kind.path, tokens, kind.field, str(kind.file), str(connections), str(seconds)]
            running.append((name, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)))
    waits, counts, longest = [], collections.Counter(), 0
    for name, client in running:
        output, complaint = client.communicate()
        if client.returncode != 0:
            raise Failed(complaint.strip() or "the client failed")
        *answers, passed = output.splitlines()
        answers = [answer.split() for answer in answers]
        if bad := [status for status, _ in answers if status != "201"]:
            raise Failed(f"{len(bad)} of {len(answers)} responses ({name}) were {bad[0]}")
        counts[name] += len(answers)
        waits += [float(wait) for _, wait in answers]
        longest = max(longest, float(passed))
    drain = cluster.drain()
    after, usage = cluster.cpu_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = {name: after[name] - before[0][name] for name in after}
    cpu["the clients"] = usage.ru_utime + usage.ru_stime - before[1].ru_utime - before[1].ru_stime
    return Run(longest, Waits(sorted(waits)), counts, cpu, drain)


def parts(run):
    """The processor time of the nodes together, and of the other parts."""
    nodes = [used for name, used in run.cpu.items() if name.startswith("node ")]
    return {"nodes": sum(nodes)} | {name: used for name, used in run.cpu.items() if not name.startswith("node ")}


def bottleneck(run):
    """What was at its limit: the part that took the most, and how much of the machine was used."""
    all_of_it = sum(run.cpu.values()) / (run.seconds + run.drain) / os.cpu_count()
    name, used = max(run.cpu.items(), key=lambda item: item[1])
    limit = "all cores are busy" if all_of_it > 0.9 else f"{all_of_it:.0%} of all cores"
    return f"{limit}; most: {name}, {used / (run.seconds + run.drain):.2f} cores"


def throughput(counts, seconds):
    """Rows for each kind and number of nodes, and the processor milliseconds of a message in each part with two nodes."""
    rows, times = [], {}
    for count in counts:
        with Cluster(count) as cluster:
            for name, kind in kinds().items():
                if name == "video":
                    clients = [(name, kind, max(1, 4 // count))]
                else:
                    clients = [(name, kind, max(1, CONNECTIONS // count))]
                send(cluster, clients, 1, "warm")
                run = send(cluster, clients, seconds, "measured")
                sent = run.counts[name]
                each = {part: 1e3 * used / sent for part, used in parts(run).items()}
                if count == 2:
                    times[name] = each
                rows.append(
                    [name, count, sent / run.seconds, run.waits.median(), run.waits.p99(), 1e3 * run.drain, *(each[part] for part in PARTS), bottleneck(run)])
                print("  " + ", ".join(map(str, rows[-1])), flush=True)
            if count == 2:
                # Near the mix of the model, with connections that each send one kind.
                clients = [(name, kind, connections) for (name, kind), connections in zip(kinds().items(), (5, 2, 1, 1))]
                mixed = send(cluster, clients, seconds, "mixed")
    return rows, times, mixed


PARTS = ["nodes", "MongoDB's primary", "its secondaries", "Redis", "the store", "the clients"]


def check(times, mixed):
    """What the service times say of the mixed run, beside what was measured."""
    rows = []
    for part in PARTS:
        said = sum(count * times[name][part] for name, count in mixed.counts.items()) / 1e3
        rows.append([part, said, parts(mixed)[part], said / parts(mixed)[part] if parts(mixed)[part] else None])
    said = sum(row[1] for row in rows) / os.cpu_count()
    took = mixed.seconds + mixed.drain
    rows.append(["seconds, if all cores are busy", said, took, said / took])
    return rows


def idle(cluster, pace):
    """Seconds, and the bytes of a socket, connected and authenticated, each of a user of its own. At most `pace` connect a second."""
    for node in cluster.nodes:
        chat_socket(node.port, fanout.token("first")).close()
    before, began = [node.memory() for node in cluster.nodes], time.perf_counter()
    sockets = []
    # No client answers a ping: the first sockets would be closed 45 s after they have connected.
    for number in range(SOCKETS):
        sockets.append(chat_socket(cluster.nodes[number % len(cluster.nodes)].port, fanout.token(f"idle-{number}")))
        time.sleep(max(0, began + number / pace - time.perf_counter()))
    took = time.perf_counter() - began
    used = [node.memory() - memory for node, memory in zip(cluster.nodes, before)]
    for each in sockets:
        # Something may have arrived, but no end.
        each.setblocking(False)
        try:
            if each.recv(1 << 16) == b"":
                raise Failed("an idle socket was closed")
        except BlockingIOError:
            pass
        each.close()
    return took, sum(used) / SOCKETS


def measure(rounds, _):
    fanout.prepare()
    seconds, messages = (3, 5) if rounds == 1 else (5, 30)
    rows, times, mixed = throughput((1, 2, 3), seconds)
    columns = ["sent", "nodes", "a second", "median ms", "p99 ms", "events delivered after the last, ms", *(f"{part}: CPU ms" for part in PARTS), "at its limit"]
    tables = [markdown(columns, rows)]
    mix = ", ".join(f"{count} {name}" for name, count in mixed.counts.items())
    tables.append(
        f"A mixed run over two nodes ({mix} in {mixed.seconds:.1f} s), and what these times say of it:\n\n"
        + markdown(["part", "CPU s from the times", "CPU s measured", "ratio"], check(times, mixed)))
    service_times = {"unit": "CPU milliseconds a message", "bytes": {name: kind.file.stat().st_size for name, kind in kinds().items()}, "times": times}
    promises, spread = [], []
    with Cluster(2) as cluster:
        for kind in (fanout.SignalR, fanout.Rooms):
            taken = fanout.figures(fanout.once(kind, messages, cluster.nodes))
            spread.append([kind.name, fanout.MEMBERS, messages, *taken])
            promises.append([f"to 1,000 connected over two nodes ({kind.name}), median ms", "≤ 100", taken[0], None, None])
        service_times["fan-out, CPU microseconds a socket"] = {row[0]: row[-1] * 1e3 / fanout.MEMBERS for row in spread}
    tables.append("A media message to 1,000 members, half of them at each of two nodes:\n\n" + markdown(fanout.COLUMNS, spread))
    sockets = []
    for pace in (300, 1e6):
        with Cluster(2) as cluster:
            took, each = idle(cluster, pace)
        sockets.append([SOCKETS, took, each / 1024])
    service_times["bytes a socket"] = round(each)
    tables.append("Idle sockets of as many users over two nodes:\n\n" + markdown(["sockets", "connected within s", "KiB each"], sockets))
    promises.append(["10,000 idle sockets over two nodes, KB each", "≤ 25", each / 1e3, None, None])
    # Until the events of the last one were delivered.
    service_times["messages a second delivered"] = round(max(rate * seconds / (seconds + drain / 1e3) for _, _, rate, _, _, drain, *_ in rows))
    (SCRATCH / "service-times.json").write_text(json.dumps(service_times, indent=2, ensure_ascii=False) + "\n")
    return "A cluster on one machine", "\n\n".join(tables), promises

"""Voice messages of 15 s, one after another on each of some connections."""

import statistics

from .contenders import Node, Python
from .files import voice
from .sending import Waits, repeat
from .service import Darkroom
from .sink import Sink
from .table import markdown, spread
from .timing import Failed


ALL = {
    "darkroom": Darkroom,
    "Node on two processes": lambda sink: Node(sink, 2),
    "Python on two processes": lambda sink: Python(sink, 2),
}


def once(start, sink, file, connections, seconds):
    with start(sink) as process:
        # Once, so that everything is loaded.
        repeat(process, file, connections=4, seconds=0)
        before = sink.objects()
        passed, statuses, waits = repeat(process, file, connections, seconds)
        if bad := [status for status in statuses if not 200 <= status < 300]:
            raise Failed(f"{len(bad)} of {len(statuses)} answered {bad[0]}")
        if sink.objects() - before < len(statuses):
            raise Failed("there are fewer objects in the store than messages were accepted")
        return len(statuses) / passed, Waits(waits).median(), Waits(waits).p99(), waits[-1]


def measure(rounds, _):
    file = voice("fifteen-seconds.m4a", 15)
    seconds = 2 if rounds == 1 else 8
    contenders = {name: start for name, start in ALL.items() if rounds > 1 or not name.startswith("Python")}
    rows, paces, slowest = [], {}, {}
    with Sink() as sink:
        for connections in (8, 32):
            taken = {name: [] for name in contenders}
            for _ in range(min(rounds, 3)):
                for name, start in contenders.items():
                    try:
                        taken[name].append(once(start, sink, file, connections, seconds))
                    except Failed as failure:
                        print(f"  {name}, {connections} connections: {failure}", flush=True)
            usual = statistics.median(run[0] for run in taken["Node on two processes"]) if taken["Node on two processes"] else None
            for name, runs in taken.items():
                if not runs:
                    rows.append([name, connections] + [None] * 5)
                    continue
                pace, *rest = zip(*runs)
                times = statistics.median(pace) / usual if usual else None
                rows.append([name, connections, spread(pace), times, *map(spread, rest)])
                paces[name, connections], slowest[name, connections] = times, statistics.median(rest[1])
    columns = ["voice messages of 15 s", "connections", "messages a second", "× Node's"]
    return "Small media, to the bucket", markdown(columns + ["median ms", "p99 ms", "longest ms"], rows), [
        ["voice messages at 8 connections, × Node's", "≥ 6", *(paces.get((name, 8)) for name in ALL)],
        ["voice messages at 32 connections, p99 ms", "≤ 250", *(slowest.get((name, 32)) for name in ALL)],
    ]

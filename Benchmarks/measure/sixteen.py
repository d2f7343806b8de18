"""Sixteen large uploads to a bucket at once, with a small request beside them."""

import os
import statistics
import time

from .contenders import Node, Python, Relay
from .files import GIB, padded
from .process import Peak
from .sending import asking, send
from .service import Darkroom
from .sink import Sink
from .table import markdown, spread
from .timing import Failed

COUNT = 16


def once(start, sink, file):
    """The results of sixteen uploads to a contender that has just started."""
    os.sync()
    total = COUNT * file.stat().st_size
    with start(sink) as process, sink.expecting(COUNT, total):
        idle, before = process.memory(), process.cpu_seconds()
        with asking(process) as waits, Peak(process) as peak:
            began = time.perf_counter()
            answers = send(process, file, COUNT)
            seconds = time.perf_counter() - began
        if bad := [status for status, _, _ in answers if not 200 <= status < 300]:
            raise Failed(f"{len(bad)} of {COUNT} answered {bad[0]}")
        work = (process.cpu_seconds() - before) * GIB / total
        return total / 1e6 / seconds, work, waits.median(), waits.p99(), waits[-1], max(0, peak.bytes - idle) / 1e6


def promises(medians):
    """Rows of the table of targets."""
    kept = ["sixteen at once, of the relay's throughput", "a small request beside sixteen, p99 ms"]
    kept.append("memory of sixteen over idle, MB")
    contenders = [medians.get(name) for name in ("darkroom", "Node on two processes", "Python on two processes")]
    return [
        [promise, at, *(figures and figures[index] for figures in contenders)]
        for index, (promise, at) in enumerate(zip(kept, ("≥ 0.8", "≤ 20", "≤ 512")))
    ]


def measure(rounds, _):
    quick = rounds == 1
    size = GIB // 4 if quick else GIB
    file = padded("video/landscape.mp4", "quarter-gibibyte.mp4" if quick else "gibibyte.mp4", size)
    # The stacks take minutes, and their results differ enough for one run to suffice.
    contenders = {
        "bare relay": (Relay, 1 if quick else 3),
        "darkroom": (Darkroom, 1 if quick else 3),
        "Node on two processes": (lambda sink: Node(sink, 2), 1),
        "Python on two processes": (lambda sink: Python(sink, 2), 0 if quick else 1),
    }
    taken = {name: [] for name in contenders}
    with Sink() as sink:
        for turn in range(max(wanted for _, wanted in contenders.values())):
            for name, (start, wanted) in contenders.items():
                try:
                    if turn < wanted:
                        taken[name].append(once(start, sink, file))
                except Failed as failure:
                    print(f"  {name}: {failure}", flush=True)
    rows, baseline, medians = [], None, {}
    for name, runs in taken.items():
        if contenders[name][1] == 0:
            continue
        if not runs:
            rows.append([name] + [None] * 8)
            continue
        speed, work, *rest = zip(*runs)
        baseline = baseline or (statistics.median(speed), statistics.median(work))
        ratios = statistics.median(speed) / baseline[0], statistics.median(work) / baseline[1]
        _, p99, _, memory = map(statistics.median, rest)
        medians[name] = ratios[0], p99, memory
        rows.append([name, spread(speed), ratios[0], spread(work), ratios[1], *map(spread, rest)])
    columns = [f"{COUNT} uploads of {size >> 20} MiB", "MB/s together", "of the relay", "CPU s per GiB", "× the relay's"]
    columns += ["GET /healthz: median ms", "p99 ms", "longest ms", "memory over idle, MB"]
    return "Straight to the bucket: sixteen at once", markdown(columns, rows), promises(medians)

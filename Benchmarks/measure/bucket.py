"""One upload of a gibibyte on its way to a bucket, against the bare relay and the usual stacks."""

import os
import statistics
import time

from .contenders import Node, Python, Relay
from .files import GIB, padded
from .process import Peak
from .sending import send
from .service import Darkroom
from .sink import Sink
from .table import markdown, spread
from .timing import Failed


def once(start, sink, file):
    """The results of one upload to a contender that has just started."""
    # Unwritten data of earlier runs would slow this one down.
    os.sync()
    with start(sink) as process, sink.expecting(1, GIB):
        idle, before = process.memory(), process.cpu_seconds()
        with Peak(process) as peak:
            [(status, seconds, after)] = send(process, file)
        if not 200 <= status < 300:
            raise Failed(f"answered {status}")
        # The response may precede the end of the child processes.
        time.sleep(0.1)
        return GIB / 1e6 / seconds, process.cpu_seconds() - before, after * 1000, max(0, peak.bytes - idle) / 1e6


def promises(medians):
    """Rows of the table of targets; the worse result of `moov` first and last."""

    def worst(which, index):
        figures = [row[index] for name, row in medians.items() if name.startswith(which)]
        return (min if index == 0 else max)(figures, default=None)

    kept = ["one upload, of the relay's throughput", "CPU of one upload, × the relay's"]
    kept += ["one upload: the answer after the last byte, ms", "memory of one upload over idle, MB"]
    return [
        [promise, at, *(worst(which, index) for which in ("darkroom", "Node", "Python"))]
        for index, (promise, at) in enumerate(zip(kept, ("≥ 0.8", "≤ 1.5", "≤ 50", "≤ 64")))
    ]


def measure(rounds, _):
    first = padded("video/landscape.mp4", "gibibyte.mp4", GIB)
    last = padded("video/landscape-moov-last.mp4", "gibibyte-moov-last.mp4", GIB)
    contenders = {"bare relay": (Relay, first)}
    for name, start in {"darkroom": Darkroom, "Node: busboy, aws4": Node, "Python: Starlette, boto3": Python}.items():
        contenders[f"{name}; `moov` first"] = (start, first)
        # The position of the index makes no difference to contenders that store the whole file.
        if rounds > 1 or start is Darkroom:
            contenders[f"{name}; `moov` last"] = (start, last)
    taken = {name: [] for name in contenders}
    with Sink() as sink:
        # The first round fills the caches; it is skipped where each contender has only one.
        warming = rounds > 1
        for turn in range(rounds + warming):
            for name, (start, file) in contenders.items():
                if taken[name] is None:
                    continue
                try:
                    figures = once(start, sink, file)
                except Failed as failure:
                    print(f"  {name}: {failure}", flush=True)
                    taken[name] = None
                    continue
                if turn >= warming:
                    taken[name].append(figures)
    rows, baseline, medians = [], None, {}
    for name, runs in taken.items():
        if not runs:
            rows.append([name] + [None] * 6)
            continue
        speed, work, after, memory = zip(*runs)
        baseline = baseline or (statistics.median(speed), statistics.median(work))
        ratios = statistics.median(speed) / baseline[0], statistics.median(work) / baseline[1]
        medians[name] = (*ratios, statistics.median(after), statistics.median(memory))
        rows.append([name, spread(speed), ratios[0], spread(work), ratios[1], spread(after), spread(memory)])
    columns = ["one upload of 1 GiB", "MB/s", "of the relay", "CPU s per GiB", "× the relay's"]
    columns += ["answer after the last byte, ms", "memory over idle, MB"]
    return "Straight to the bucket: one upload", markdown(columns, rows), promises(medians)

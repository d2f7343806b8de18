"""One upload of a gibibyte, compared with a bare loop that receives and writes."""

import os
import pathlib
import statistics

from .files import GIB, compiled, padded
from .machine import SCRATCH
from .process import Peak, Process, free_port
from .sending import send
from .service import Darkroom
from .table import markdown


class Floor(Process):
    """The bare loop."""

    def __init__(self, *options):
        self.port = free_port()
        self.file = SCRATCH / "received"
        super().__init__([compiled("receive.c", "-lcrypto"), str(self.port), self.file, *options])
        self.wait_until_ready()

    def stop(self):
        super().stop()
        pathlib.Path(self.file).unlink(missing_ok=True)


def measure(rounds, _):
    first = padded("video/landscape.mp4", "gibibyte.mp4", GIB)
    last = padded("video/landscape-moov-last.mp4", "gibibyte-moov-last.mp4", GIB)
    contenders = {
        "receive, write": (lambda: Floor(), first),
        "receive, SHA-256, write": (lambda: Floor("hash"), first),
        "darkroom, moov first": (Darkroom, first),
        "darkroom, moov last": (Darkroom, last),
    }
    taken = {name: [] for name in contenders}
    warming = rounds > 1
    for turn in range(rounds + warming):
        for name, (start, file) in contenders.items():
            # Unwritten data of earlier runs would slow this one down.
            os.sync()
            with start() as process:
                idle, cpu = process.memory(), process.cpu_seconds()
                with Peak(process) as peak:
                    [(status, seconds, after)] = send(process, file)
                # The first round uses memory that the machine had not touched yet.
                if turn >= warming:
                    work = process.cpu_seconds() - cpu
                    taken[name].append((seconds, after, work, max(0, peak.bytes - idle), status))
    baseline = statistics.median(run[0] for run in taken["receive, SHA-256, write"])
    bare = statistics.median(run[0] for run in taken["receive, write"])
    work = statistics.median(run[2] for run in taken["receive, SHA-256, write"])
    rows = []
    for name, runs in taken.items():
        seconds, after, cpu, memory = (statistics.median(run[i] for run in runs) for i in range(4))
        statuses = "/".join(sorted({str(run[4]) for run in runs}))
        rows.append(
            [name, statuses, 1 / seconds, bare / seconds, baseline / seconds, cpu, cpu / work if work else None]
            + [after * 1000, memory / (1 << 20)]
        )
    columns = ["one upload of 1 GiB", "status", "GiB/s", "of receive + write", "of receive + SHA-256 + write", "CPU s"]
    columns += ["CPU × the latter", "answer after last byte, ms", "memory over idle, MiB"]
    return "Upload", markdown(columns, rows)

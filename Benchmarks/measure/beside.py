"""How long a small request waits while 200 uploads run."""

import time

from .files import padded
from .process import Peak
from .sending import asking, send
from .service import Darkroom
from .table import markdown

COUNT, SIZE = 200, 8_000_000


def measure(_, __):
    file = padded("video/clip.mov", "eight-megabytes.mov", SIZE)
    rows = []
    for name, uploads in (("nothing else", 0), (f"{COUNT} uploads of 8 MB at once", COUNT)):
        with Darkroom() as service:
            idle, began, answers = service.memory(), time.perf_counter(), []
            with asking(service) as waits, Peak(service) as peak:
                if uploads:
                    answers = send(service, file, uploads)
                else:
                    time.sleep(2)
            seconds = time.perf_counter() - began
            good = sum(200 <= status < 300 for status, _, _ in answers)
            rows.append(
                [name, f"{good} of {uploads}", seconds, len(waits), waits.median(), waits.p99()]
                + [waits[-1], max(0, peak.bytes - idle) / (1 << 20)]
            )
    columns = ["beside", "accepted", "seconds", "requests", "median ms", "p99 ms", "longest ms", "memory over idle, MiB"]
    return "GET /healthz beside uploads", markdown(columns, rows)

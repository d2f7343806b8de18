"""Stored videos whose thumbnails are regenerated: by one worker and by two, each on a fresh process, the service idle beside it."""

import os
import statistics
import subprocess
import time

from .files import large
from .machine import PROGRAM, ROOT
from .sending import send
from .service import Darkroom
from .table import markdown, spread
from .timing import Failed

AT_ONCE = 20


def run(service, side, workers, count):
    """The media per second of one run, which regenerates every thumbnail: `side` differs from that of the run before."""
    command = [PROGRAM, "reprocess", "--data", service.data, "--jobs", str(workers), "--only", "thumbnail"]
    began = time.perf_counter()
    finished = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"DARKROOM_THUMBNAIL_SIDE": str(side)}
    )
    seconds = time.perf_counter() - began
    if finished.returncode != 0 or f"{count:,} regenerated" not in finished.stdout:
        raise Failed((finished.stdout + finished.stderr).strip()[-300:])
    return count / seconds


def paces(file, rounds, count):
    """The media per second by the number of workers, one value per round."""
    found = {1: [], 2: []}
    with Darkroom() as service:
        for _ in range(count // AT_ONCE):
            if bad := [status for status, _, _ in send(service, file, AT_ONCE) if status != 201]:
                raise Failed(f"an upload was answered {bad[0]}")
        side = 300
        for turn in range(rounds):
            for workers in found if turn % 2 == 0 else reversed(found):
                side += 2
                found[workers].append(run(service, side, workers, count))
    return found


def measure(rounds, _):
    count = 100 if rounds == 1 else 300
    rows, gains = [], {}
    for name, file in {"480 × 270": ROOT / "samples/video/landscape.mp4", "1920 × 1080": large()}.items():
        found = paces(file, min(rounds, 3), count)
        one = statistics.median(found[1])
        rows += [[name, workers, spread(pace), statistics.median(pace) / one] for workers, pace in found.items()]
        gains[name] = statistics.median(found[2]) / one
    columns = ["videos of", "workers", "media a second", "× one"]
    return f"Reprocessing {count} stored videos", markdown(columns, rows), [
        ["two workers that reprocess, × one", "≥ 1.7", gains["1920 × 1080"], None, None]
    ]

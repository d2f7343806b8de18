"""Stored videos whose thumbnails are made anew: by one worker and by two, each on a fresh process, the service idle beside it."""

import os
import statistics
import subprocess
import time

from .machine import PROGRAM, ROOT
from .sending import send
from .service import Darkroom
from .table import markdown, spread
from .timing import Failed

AT_ONCE = 20


def run(service, side, workers, count):
    """Media a second of one run, which makes every thumbnail anew: `side` differs from that of the run before."""
    command = [PROGRAM, "reprocess", "--data", service.data, "--jobs", str(workers), "--only", "thumbnail"]
    began = time.perf_counter()
    finished = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"DARKROOM_THUMBNAIL_SIDE": str(side)}
    )
    seconds = time.perf_counter() - began
    if finished.returncode != 0 or f"{count:,} made anew" not in finished.stdout:
        raise Failed((finished.stdout + finished.stderr).strip()[-300:])
    return count / seconds


def measure(rounds, _):
    count = 200 if rounds == 1 else 1000
    paces = {1: [], 2: []}
    with Darkroom() as service:
        for _ in range(count // AT_ONCE):
            if bad := [status for status, _, _ in send(service, ROOT / "samples/video/landscape.mp4", AT_ONCE) if status != 201]:
                raise Failed(f"an upload was answered {bad[0]}")
        side = 300
        for turn in range(min(rounds, 3)):
            for workers in paces if turn % 2 == 0 else reversed(paces):
                side += 2
                paces[workers].append(run(service, side, workers, count))
    gain = statistics.median(paces[2]) / statistics.median(paces[1])
    rows = [[workers, spread(pace), statistics.median(pace) / statistics.median(paces[1])] for workers, pace in paces.items()]
    return f"Reprocessing {count:,} stored videos", markdown(["workers", "media a second", "× one"], rows), [
        ["two workers that reprocess, × one", "≥ 1.7", gain, None, None]
    ]

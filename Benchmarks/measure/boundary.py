"""What the process boundary costs a job: the same inspections on a thread of the service and in a confined worker, in turns."""

import statistics
import subprocess

from .machine import ROOT
from .table import markdown
from .timing import Failed

RUNS = 31


def measure(rounds, media):
    samples = [file for kind in ("video", "voice", "image") for file in sorted((ROOT / "samples" / kind).iterdir())]
    rows = []
    for file in media or samples:
        finished = subprocess.run(
            [ROOT / ".build/release/DarkroomBench", "boundary", str(RUNS), str(file)], capture_output=True, text=True
        )
        if finished.returncode != 0:
            # A rejected file has no inspection to compare.
            continue
        thread, process = map(float, finished.stdout.split()[:2])
        rows.append([file.name, thread, process, process - thread, process / thread])
    if not rows:
        raise Failed("no file passed")
    middle = statistics.median(row[3] for row in rows)
    rows.append(["**median**", None, None, middle, statistics.median(row[4] for row in rows)])
    columns = ["file", "on a thread, ms", "in a worker process, ms", "difference, ms", "ratio"]
    promise = ["the process boundary, a job", "≤ 5 ms", f"{middle:.2f} ms", "–", "–"]
    return "The process boundary: an inspection in a confined worker against one on a thread", markdown(columns, rows), [promise]

"""Previews as the service creates them, without starting a process, compared with decoding alone up to the same point."""

import statistics
import subprocess

from .files import compiled, long_voice
from .machine import ROOT
from .table import markdown
from .timing import Failed, in_turns

RUNS = 15


def median(program, file):
    """The milliseconds that the program itself measured."""
    finished = subprocess.run([program, str(RUNS), str(file)], capture_output=True, text=True)
    if finished.returncode != 0:
        raise Failed((finished.stderr or finished.stdout).strip()[-200:])
    return float(finished.stdout.split()[0])


def measure(rounds, media):
    ours = ROOT / ".build/release/DarkroomBench"
    baseline = compiled("decode.c", "-lavformat", "-lavcodec", "-lavutil")
    rows, ratios = [], {"video": [], "voice": []}
    samples = [*sorted((ROOT / "samples/video").iterdir()), *sorted((ROOT / "samples/voice").iterdir()), long_voice()]
    for file in media or samples:
        # The median over a few processes of the median of each process's runs; each warms up by itself.
        medians = in_turns(
            {"darkroom": lambda: median(ours, file), "decode": lambda: median(baseline, file)}, min(rounds, 3), warming=False
        )
        preview, decode = medians.values()
        share = preview / decode if preview and decode else None
        rows.append([file.name, preview, decode, share])
        ratios["video" if file.parent.name == "video" else "voice"].append(share)
    for kind, values in ratios.items():
        if known := [value for value in values if value]:
            rows.append([f"**median, {kind}**", None, None, statistics.median(known)])
    columns = ["file", "inspection with preview, ms", "decoding alone, ms", "of decoding alone"]
    return "Inside the process: inspection and preview against decoding alone", markdown(columns, rows)

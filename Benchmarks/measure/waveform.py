"""Waveforms, compared with samples piped from the `ffmpeg` command into a script, and with decoding alone."""

import shlex
import statistics

from .files import long_voice
from .machine import PROGRAM, ROOT, SCRATCH
from .table import markdown, milliseconds
from .timing import in_turns, once, ratio


def measure(rounds, media):
    rows = []
    for file in media or [*sorted((ROOT / "samples/voice").iterdir()), long_voice()]:
        script = ROOT / "Benchmarks/baseline/peaks.py"
        pipe = f"ffmpeg -v error -i {shlex.quote(str(file))} -ac 1 -f f32le - | python3 {shlex.quote(str(script))}"
        medians = in_turns(
            {
                "darkroom": lambda: once(
                    [str(PROGRAM), "inspect", "--waveform", str(SCRATCH / "waveform.png"), str(file)]
                ),
                "script": lambda: once(["bash", "-o", "pipefail", "-c", pipe]),
                "decode": lambda: once(["ffmpeg", "-v", "error", "-i", str(file), "-f", "null", "-"]),
            },
            rounds,
        )
        ours, script_time, decode = medians.values()
        rows.append([file.name, *map(milliseconds, medians.values()), ratio(ours, script_time), ratio(ours, decode)])
    against = [row[4] for row in rows if row[4]]
    if against:
        rows.append(["**median**", None, None, None, statistics.median(against), statistics.median([r[5] for r in rows if r[5]])])
    columns = ["file", "darkroom ms", "ffmpeg + script ms", "ffmpeg decoding alone ms", "× faster than the script"]
    return "Waveform of 64 peaks", markdown(columns + ["× faster than ffmpeg's decoding"], rows)

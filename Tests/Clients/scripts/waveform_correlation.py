"""How well `darkroom inspect`'s waveform goes with the peaks that numpy computes from the ffmpeg command's samples.

waveform_correlation.py DARKROOM FILE…      prints {file: correlation}
"""

import json
import subprocess
import sys

import numpy

darkroom, *files = sys.argv[1:]
found = {}
for file in files:
    # Exits with 1 when a file is refused, which leaves it without media.
    report = json.loads(subprocess.run([darkroom, "inspect", "--json", file], capture_output=True, check=True).stdout)
    waveform = numpy.array(report["media"]["waveform"])
    probe = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels", "-of", "csv=p=0", file]
    channels = int(subprocess.run(probe, capture_output=True, check=True, text=True).stdout.split()[0].strip(","))
    decode = ["ffmpeg", "-v", "fatal", "-i", file, "-map", "0:a:0", "-f", "f32le", "-"]
    samples = numpy.frombuffer(subprocess.run(decode, capture_output=True, check=True).stdout, "<f4")
    loudest = numpy.abs(samples.reshape(-1, channels)).max(axis=1)
    peaks = numpy.array([part.max(initial=0) for part in numpy.array_split(loudest, len(waveform))])
    is_silent = not peaks.any() and not waveform.any()
    found[file] = 1.0 if is_silent else float(numpy.corrcoef(waveform, peaks)[0, 1])
print(json.dumps(found))

"""A typical script that creates a waveform: mono 32-bit float samples on the standard input, 64 peaks out."""

import array
import sys

samples = array.array("f")
samples.frombytes(sys.stdin.buffer.read())
size = max(1, -(-len(samples) // 64))
peaks = []
for start in range(0, len(samples), size):
    bucket = samples[start : start + size]
    peaks.append(max(max(bucket), -min(bucket)))
loudest = max(peaks, default=0) or 1
print([round(peak / loudest, 3) for peak in peaks])

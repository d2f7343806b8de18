"""How much memory `darkroom inspect` takes for a minute and for ten hours of sound.

long_sound.py DARKROOM

Both files are sparse: silence, but for one second in the long one.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

# Low, so that also a build for debugging is done in time.
RATE = 2000


def wav(path, seconds, loud=None):
    size = 2 * RATE * seconds
    with open(path, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16))
        file.write(b"data" + struct.pack("<I", size))
        start = file.tell()
        if loud is not None:
            file.seek(start + 2 * RATE * loud)
            file.write(struct.pack("<h", 20000) * RATE)
        file.truncate(start + size)


def inspect(program, path):
    """What it found, and the most memory it had, in KiB."""
    # A busy machine may take longer than the worker's usual 30 s.
    environment = {**os.environ, "DARKROOM_WORKER_SECONDS": "500"}
    child = subprocess.Popen([program, "inspect", "--json", path], stdout=subprocess.PIPE, env=environment)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, output
    media = json.loads(output)["media"]
    waveform = media["waveform"]
    return {"duration": media["duration"], "peak": usage.ru_maxrss, "loudest": waveform.index(max(waveform))}


with tempfile.TemporaryDirectory() as folder:
    wav(folder + "/minute.wav", 60)
    wav(folder + "/long.wav", 36_000, loud=30_000)
    found = {"minute": inspect(sys.argv[1], folder + "/minute.wav"), "tenHours": inspect(sys.argv[1], folder + "/long.wav")}
print(json.dumps(found))

"""Files that are too large for the repository: created under `.build/bench` on first use."""

import os
import random
import struct
import subprocess

from .machine import ROOT, SCRATCH


GIB = 1 << 30


def boxes(movie):
    """(type, offset, size) of each box at the top (ISO/IEC 14496-12, section 4.2)."""
    at = 0
    while at < len(movie):
        size, kind = struct.unpack_from(">I4s", movie, at)
        yield kind, at, size
        at += size


def padded(sample, name, size):
    """`sample`, an MP4, with its `mdat` enlarged until the file has `size` bytes. Offsets stay valid: the samples come first in it."""
    target = SCRATCH / name
    if target.exists() and target.stat().st_size == size:
        return target
    movie = (ROOT / "samples" / sample).read_bytes()
    at, length = next((at, length) for kind, at, length in boxes(movie) if kind == b"mdat")
    padding = size - len(movie)
    noise = random.Random(1).randbytes(1 << 20)
    with target.open("wb") as file:
        file.write(movie[:at] + struct.pack(">I", length + padding) + movie[at + 4 : at + length])
        for start in range(0, padding, len(noise)):
            file.write(noise[: min(len(noise), padding - start)])
        file.write(movie[at + length :])
        file.flush()
        os.fsync(file.fileno())
    return target


def large():
    """The sample's video at a phone's resolution: 1920 × 1080."""
    target = SCRATCH / "large.mp4"
    if not target.exists():
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", ROOT / "samples/video/landscape.mp4", "-vf", "scale=1920:1080"]
            + ["-c:v", "libx264", "-preset", "veryfast", "-c:a", "copy", target],
            check=True,
        )
    return target


def voice(name, seconds):
    """The sample's voice message, repeated for this many seconds."""
    target = SCRATCH / name
    if not target.exists():
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", ROOT / "samples/voice/voice.m4a", "-t", str(seconds)]
            + ["-c", "copy", target],
            check=True,
        )
    return target


def long_voice():
    return voice("ten-minutes.m4a", 600)


def compiled(source, *libraries):
    """The compiled program of one C file in `baseline/`."""
    target = SCRATCH / source.removesuffix(".c")
    path = ROOT / "Benchmarks/baseline" / source
    newest = max(file.stat().st_mtime for file in (path, *path.parent.glob("*.h")))
    if not target.exists() or target.stat().st_mtime < newest:
        subprocess.run(["cc", "-O2", "-Wall", "-o", target, path, "-pthread", *libraries], check=True)
    return target

"""Thumbnails against the `ffmpeg` command and `ffmpegthumbnailer`, with the start of the process in all three."""

import re
import statistics
import subprocess

from .machine import PROGRAM, ROOT, SCRATCH
from .table import markdown, milliseconds
from .timing import in_turns, once, ratio

# One without a frame at 1 s, where the other two fail, and one that is rejected for its length.
LEFT_OUT = {"short.mp4", "long.mp4"}


def similarity(file, thumbnail):
    """SSIM of a thumbnail and the frame that `ffmpeg -ss 1` shows, at the thumbnail's size; both seen as RGB first."""
    frame = SCRATCH / "frame.png"
    size = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0:s=x", thumbnail],
        capture_output=True, text=True,
    ).stdout.strip()
    grab = ["ffmpeg", "-v", "error", "-y", "-ss", "1", "-i", file, "-frames:v", "1", "-s", size, "-pix_fmt", "rgb24", frame]
    subprocess.run(grab, check=True)
    compare = "[0:v]format=rgb24,format=yuv420p[a];[1:v]format=rgb24,format=yuv420p[b];[a][b]ssim"
    shown = subprocess.run(
        ["ffmpeg", "-hide_banner", "-i", frame, "-i", thumbnail, "-filter_complex", compare, "-f", "null", "-"],
        capture_output=True, text=True,
    ).stderr
    found = re.search(r"All:([0-9.]+)", shown)
    return float(found.group(1)) if found else None


def measure(rounds, media):
    out = str(SCRATCH / "thumbnail.jpg")
    rows = []
    for file in media or sorted(p for p in (ROOT / "samples/video").iterdir() if p.name not in LEFT_OUT):
        scale = "scale=w=640:h=640:force_original_aspect_ratio=decrease"
        medians = in_turns(
            {
                "darkroom": lambda: once([str(PROGRAM), "inspect", "--thumbnail", out, str(file)]),
                "ffmpeg": lambda: once(
                    ["ffmpeg", "-v", "error", "-y", "-ss", "1", "-i", str(file), "-frames:v", "1", "-vf", scale]
                    + ["-q:v", "3", str(SCRATCH / "ffmpeg.jpg")]
                ),
                "ffmpegthumbnailer": lambda: once(
                    ["ffmpegthumbnailer", "-i", str(file), "-o", str(SCRATCH / "other.jpg"), "-t", "00:00:01", "-s", "640"]
                ),
            },
            rounds,
        )
        ours, ffmpeg, other = medians.values()
        same = similarity(file, out) if ours else None
        rows.append(
            [file.name, *map(milliseconds, medians.values()), ratio(ours, ffmpeg), ratio(ours, other)]
            + ["–" if same is None else f"{same:.4f}"]
        )
    against = [row[4] for row in rows if row[4]]
    if against:
        rows.append(["**median**", *[None] * 3, statistics.median(against)] + [
            statistics.median([row[5] for row in rows if row[5]] or [0]), None])
    columns = ["file", "darkroom ms", "ffmpeg ms", "ffmpegthumbnailer ms", "× faster than ffmpeg"]
    return "Thumbnail of the frame at 1 s", markdown(columns + ["× faster than ffmpegthumbnailer", "SSIM with ffmpeg -ss 1"], rows)

"""ffprobe for the validation, ffmpeg for the frame at 1 s and for the samples of a waveform."""

import array
import asyncio
import json


async def run(*command):
    child = await asyncio.create_subprocess_exec(
        command[0], "-v", "error", *command[1:],
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )
    shown, _ = await child.communicate()
    if child.returncode != 0:
        raise ValueError("unreadable")
    return shown


async def probe(path):
    found = json.loads(await run("ffprobe", "-print_format", "json", "-show_format", "-show_streams", path))
    video = next((stream for stream in found["streams"] if stream["codec_type"] == "video"), None)
    dimensions = {"width": video["width"], "height": video["height"]} if video else None
    return {"duration": float(found["format"]["duration"]), "dimensions": dimensions}


async def thumbnail(path):
    scale = "scale=w=640:h=640:force_original_aspect_ratio=decrease"
    frame = ["-ss", "1", "-i", path, "-frames:v", "1", "-vf", scale, "-q:v", "3"]
    return await run("ffmpeg", *frame, "-f", "image2pipe", "-c:v", "mjpeg", "-")


async def waveform(path):
    samples = array.array("h")
    samples.frombytes(await run("ffmpeg", "-i", path, "-ac", "1", "-ar", "8000", "-f", "s16le", "-"))
    size = max(1, -(-len(samples) // 64))
    buckets = (samples[start : start + size] for start in range(0, len(samples), size))
    peaks = [max(max(bucket), -min(bucket)) for bucket in buckets]
    loudest = max(peaks, default=0) or 1
    return [peak / loudest for peak in peaks]

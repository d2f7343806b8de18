"""A typical upload server in Python: Starlette's form, then boto3, ffprobe and ffmpeg.

    server.py PORT S3-PORT [PROCESSES]

Settings go to the processes by environment, as uvicorn's workers have no other way.
"""

import os
import sys
import uuid

import boto3
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

import media

LONGEST = 600


def connect():
    place = {"endpoint_url": f"http://127.0.0.1:{os.environ['S3_PORT']}", "region_name": "us-east-1"}
    return boto3.client("s3", aws_access_key_id="bench", aws_secret_access_key="benchbench", **place)


async def upload(request):
    kind = request.path_params["kind"]
    async with request.form() as form:
        file = form[kind]
        # Small files are still in memory, where the two commands cannot read them.
        await run_in_threadpool(file.file.rollover)
        path, key, s3 = f"/proc/{os.getpid()}/fd/{file.file.fileno()}", f"{kind}/{uuid.uuid4()}", request.app.state.s3
        try:
            found = await media.probe(path)
            if found["duration"] > LONGEST:
                raise ValueError(f"Video duration ({found['duration']}s) exceeds maximum of {LONGEST} seconds")
            preview = await (media.waveform(path) if kind == "voice" else media.thumbnail(path))
        except ValueError as error:
            return JSONResponse({"success": False, "error": str(error)}, 400)
        more = {"ContentType": file.content_type}
        await run_in_threadpool(s3.upload_fileobj, file.file, "bench", key, ExtraArgs=more)
        if kind == "video":
            thumbnail = {"Bucket": "bench", "Key": f"{key}-thumb.jpg", "ContentType": "image/jpeg"}
            await run_in_threadpool(s3.put_object, Body=preview, **thumbnail)
        shown = {"waveform": preview} if kind == "voice" else {"thumbnail": f"{key}-thumb.jpg"}
        stored = {"type": kind, "mimeType": file.content_type, "fileSize": file.size, "url": key, **found, **shown}
        message = {"_id": key, "messageType": kind, "receiver": form["receiver"], "media": stored}
        return JSONResponse({"success": True, "data": message}, 201)


async def healthz(_):
    return JSONResponse({"status": "ok"})


def make():
    app = Starlette(
        routes=[
            Route("/bananatalk/api/v1/messages/{kind}", upload, methods=["POST"]),
            Route("/healthz", healthz),
        ]
    )
    app.state.s3 = connect()
    return app


if __name__ == "__main__":
    port, os.environ["S3_PORT"], *processes = sys.argv[1:]
    options = {"host": "127.0.0.1", "port": int(port), "workers": int(processes[0]) if processes else 1}
    uvicorn.run("server:make", factory=True, loop="uvloop", http="httptools", log_level="error", access_log=False, **options)

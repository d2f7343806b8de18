"""Uploads a file by tuspy, or a part of it, or continues where an upload was. Prints one line of JSON.

usage: tus_upload.py BASE TOKEN FILE [--id ID] [--stop-at BYTES] [--chunk BYTES] [--checksum]

{"id": of the upload, "offset": how far it is, "media": the ID of the medium, or null}
"""

import argparse
import json
import pathlib

import requests
import tusclient.client

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("token")
parser.add_argument("file")
parser.add_argument("--id")
parser.add_argument("--stop-at", type=int)
parser.add_argument("--chunk", type=int, default=1 << 20)
parser.add_argument("--checksum", action="store_true")
arguments = parser.parse_args()

headers = {"Authorization": f"Bearer {arguments.token}", "X-On-Behalf-Of": "alice"}
client = tusclient.client.TusClient(f"{arguments.base}/v1/tus", headers=headers)
uploader = client.uploader(
    arguments.file, url=arguments.id and f"{arguments.base}/v1/tus/{arguments.id}", chunk_size=arguments.chunk,
    metadata={"filename": pathlib.Path(arguments.file).name}, upload_checksum=arguments.checksum,
)
uploader.upload(stop_at=arguments.stop_at)
status = requests.head(uploader.url, headers=uploader.get_headers(), timeout=60)
status.raise_for_status()
print(json.dumps({
    "id": uploader.url.rsplit("/", 1)[1], "offset": int(status.headers["Upload-Offset"]),
    "media": status.headers.get("Darkroom-Media"),
}))

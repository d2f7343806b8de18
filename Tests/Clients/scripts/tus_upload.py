"""Uploads a file by tuspy, or a part of it, or continues where an upload was. Prints one line of JSON.

usage: tus_upload.py BASE TOKEN FILE [--id ID] [--stop-at BYTES] [--chunk BYTES] [--checksum] [--path PATH] [--field NAME VALUE]...

With a path, that of a chat system, the token is a user's; otherwise the chat server's, for alice.

{"id": of the upload, "offset": how far it is, "media" or "message": the ID of what it has become, or null, "answer": of the upload, as JSON}
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
parser.add_argument("--path")
parser.add_argument("--field", nargs=2, action="append", default=[])
arguments = parser.parse_args()

headers = {"Authorization": f"Bearer {arguments.token}"}
if not arguments.path:
    headers["X-On-Behalf-Of"] = "alice"
place = arguments.base + (arguments.path or "/v1/tus")
client = tusclient.client.TusClient(place, headers=headers)
uploader = client.uploader(
    arguments.file, url=arguments.id and f"{place}/{arguments.id}", chunk_size=arguments.chunk,
    metadata={"filename": pathlib.Path(arguments.file).name, **dict(arguments.field)}, upload_checksum=arguments.checksum,
)
uploader.upload(stop_at=arguments.stop_at)
status = requests.head(uploader.url, headers=uploader.get_headers(), timeout=60)
status.raise_for_status()
print(json.dumps({
    "id": uploader.url.rsplit("/", 1)[1], "offset": int(status.headers["Upload-Offset"]),
    "media": status.headers.get("Darkroom-Media"), "message": status.headers.get("Darkroom-Message"),
    "answer": requests.get(uploader.url, headers=headers, timeout=60).json(),
}))

"""What boto3 and requests make of a bucket that Darkroom uses.

    boto.py read ENDPOINT ACCESS SECRET BUCKET KEY       what boto3 reads, as JSON
    boto.py write ENDPOINT ACCESS SECRET BUCKET KEY SIZE     writes an object with boto3's own multipart upload
    boto.py presigned URL TYPE LENGTH                    statuses of requests to a presigned PUT, changed in many ways
    boto.py get URL                                      statuses of requests to a presigned GET, and what it gave

With `--ca FILE` before the verb, certificates in FILE are trusted. Names below `localhost` are this machine's (RFC 6761).
"""

import hashlib
import io
import json
import os
import socket
import sys

import boto3
import boto3.s3.transfer
import botocore.config
import requests


def client(endpoint, access, secret):
    # Ceph 16 knows no trailing checksums, which boto3 sends over TLS unless told otherwise.
    config = botocore.config.Config(request_checksum_calculation="when_required")
    return boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=access, aws_secret_access_key=secret, region_name="us-east-1",
        config=config,
    )


def pattern(count):
    return bytes((i * 31 + (i >> 8)) & 255 for i in range(count))


def read(endpoint, access, secret, bucket, key):
    answer = client(endpoint, access, secret).get_object(Bucket=bucket, Key=key)
    body = answer["Body"].read()
    names = ["ContentType", "ContentDisposition", "CacheControl", "ETag"]
    return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()} | {name: answer.get(name) for name in names}


def write(endpoint, access, secret, bucket, key, size):
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    body = io.BytesIO(pattern(int(size)))
    extra = {"ContentType": "video/mp4"}
    client(endpoint, access, secret).upload_fileobj(body, bucket, key, Config=config, ExtraArgs=extra)
    return {}


def changed(text, place):
    """`text` with another hexadecimal digit or letter at `place`."""
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def presigned(url, kind, length):
    body = b"x" * int(length)
    at = {name: url.index(name + "=") + len(name) + 1 for name in ["X-Amz-Signature", "X-Amz-Expires", "X-Amz-Credential"]}
    path = url.index("?") - 1

    def put(url, kind=kind, body=body, method="PUT"):
        return requests.request(method, url, data=body, headers={"Content-Type": kind} if kind else {}).status_code

    return {
        "signature": put(changed(url, at["X-Amz-Signature"] + 5)),
        "expiry": put(changed(url, at["X-Amz-Expires"])),
        "credential": put(changed(url, at["X-Amz-Credential"] + 1)),
        "key": put(changed(url, path)),
        "type": put(url, kind="text/html"),
        "no type": put(url, kind=None),
        "longer": put(url, body=body + b"y"),
        "shorter": put(url, body=body[:-1]),
        "method": requests.get(url).status_code,
        "unchanged": put(url),
    }


def get(url):
    signature = url.index("X-Amz-Signature=") + 20
    answer = requests.get(url)
    return {
        "signature": requests.get(changed(url, signature)).status_code,
        "key": requests.get(changed(url, url.index("?") - 1)).status_code,
        "method": requests.put(url, data=b"x").status_code,
        "unchanged": answer.status_code,
        "sha256": hashlib.sha256(answer.content).hexdigest(),
    }


resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **options: resolve(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *more, **options
)
if sys.argv[1] == "--ca":
    os.environ["AWS_CA_BUNDLE"] = os.environ["REQUESTS_CA_BUNDLE"] = sys.argv[2]
    del sys.argv[1:3]
print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))

"""A bucket for a while: an S3 server on free loopback ports, ended with whoever asked for it.

usage: bucket.py rclone|seaweedfs|ceph

Prints Darkroom's settings for the bucket as a line of JSON, and ends the server when its standard input is closed.
"""

import contextlib
import json
import pathlib
import subprocess
import sys

import boto3

SERVER = pathlib.Path(__file__).resolve().parent.parent / "Tests/ObjectStore/scripts/serve.py"
NAME = "darkroom"


@contextlib.contextmanager
def bucket(kind):
    """Starts the server; gives Darkroom's settings for an empty bucket in it."""
    # In a session of its own, so that Ctrl-C does not end it before those that use it.
    server = subprocess.Popen(
        [sys.executable, SERVER, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        ready = json.loads(server.stdout.readline())
        if "error" in ready:
            raise SystemExit(ready["error"])
        client(ready["endpoint"], ready["accessKey"], ready["secretKey"]).create_bucket(Bucket=NAME)
        yield {
            "DARKROOM_S3_ENDPOINT": ready["endpoint"], "DARKROOM_S3_BUCKET": NAME,
            "AWS_ACCESS_KEY_ID": ready["accessKey"], "AWS_SECRET_ACCESS_KEY": ready["secretKey"],
        }
    finally:
        server.stdin.close()
        server.wait()


def client(endpoint, access_key, secret_key):
    """boto3's client of the server."""
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
    )


if __name__ == "__main__":
    with bucket(sys.argv[1]) as settings:
        print(json.dumps(settings), flush=True)
        sys.stdin.read()

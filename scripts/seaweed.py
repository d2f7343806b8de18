"""SeaweedFS for a while: an S3 store on free loopback ports."""

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import time

import boto3
import botocore.config
import botocore.exceptions

BUCKET, ACCESS_KEY, SECRET_KEY = "darkroom-demo", "DARKROOMDEMOKEY", "darkroom-demo-secret"
STARTUP_SECONDS = 60


def free_port():
    """A port that is free, and whose twin 10,000 above is, which SeaweedFS takes too."""
    while True:
        with socket.socket() as first, socket.socket() as twin:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port >= 55_000:
                continue
            with contextlib.suppress(OSError):
                twin.bind(("127.0.0.1", port + 10_000))
                return port


@contextlib.contextmanager
def seaweed(folder):
    """Runs SeaweedFS in `folder`; gives Darkroom's settings for a bucket in it."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    configuration = folder / "s3.json"
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    configuration.write_text(
        json.dumps({"identities": [{"name": "demo", "credentials": credentials, "actions": actions}]})
    )
    master, volume, filer, s3 = (free_port() for _ in range(4))
    command = [
        pathlib.Path(sys.executable).parent / "weed", "-logtostderr=true", "server", f"-dir={folder}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}", "-s3",
        f"-s3.port={s3}", f"-s3.config={configuration}", "-s3.port.iceberg=0", "-master.volumeSizeLimitMB=64",
        "-volume.max=1000",
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        endpoint = f"http://127.0.0.1:{s3}"
        make_bucket(endpoint, server)
        yield {
            "DARKROOM_S3_ENDPOINT": endpoint, "DARKROOM_S3_BUCKET": BUCKET, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        }
    finally:
        server.terminate()
        server.wait()


def make_bucket(endpoint, server):
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY, config=botocore.config.Config(retries={"max_attempts": 1}),
    )
    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            return
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)

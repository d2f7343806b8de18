"""An S3 server for the tests, on free ports of the loopback interface, with everything it keeps in a folder of its own.

    serve.py rclone|seaweedfs|ceph

Prints one line of JSON when it is ready (endpoint, accessKey, secretKey; from ceph also tlsEndpoint, where buckets are
named by the host, and caFile) and ends the server, with its folder, when its
standard input is closed or its parent is gone."""

import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))

from ports import reserve_port

ACCESS, SECRET = "AKDARKROOMTESTS00000", "a+secret/of+the+tests+0123456789"
VENV = pathlib.Path(sys.executable).parent
folder = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-s3-"))
processes = []


def fail(message):
    print(json.dumps({"error": message}), flush=True)
    end()
    sys.exit(1)


def program(name, install):
    found = shutil.which(name, path=f"{VENV}:{os.environ['PATH']}:/usr/sbin")
    if not found:
        fail(f"{name} is missing; install it with: {install}")
    return found


def start(*command, name):
    log = (folder / f"{name}.log").open("wb")
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    processes.append(process)
    return process


def wait(what, is_ready, seconds=60):
    end_of_patience = time.monotonic() + seconds
    while time.monotonic() < end_of_patience:
        if is_ready():
            return
        if any(process.poll() is not None for process in processes):
            break
        time.sleep(0.05)
    logs = "\n".join(f"{path.name}: {path.read_text(errors='replace')[-500:]}" for path in folder.glob("*.log"))
    fail(f"{what} did not become ready\n{logs}")


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=2)
        return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def rclone():
    command = program("rclone", "scripts/install-tests.sh")
    port = reserve_port()
    (folder / "buckets").mkdir()
    start(
        command, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}",
        "--config", folder / "rclone.conf", "--vfs-cache-mode", "off", folder / "buckets", name="rclone",
    )
    wait("rclone", lambda: answers(f"http://127.0.0.1:{port}/"))
    return {"endpoint": f"http://127.0.0.1:{port}"}


def seaweedfs():
    command = program("weed", "scripts/install-tests.sh")
    # It listens on every port + 10000 too.
    master, volume, filer, port = (reserve_port(above=10000) for _ in range(4))
    identity = {
        "name": "admin",
        "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    start(
        command, "-logtostderr=true", "server", f"-dir={folder}/data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={port}",
        f"-s3.config={folder}/s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64", "-volume.max=2000",
        name="weed",
    )
    wait("SeaweedFS", lambda: answers(f"http://127.0.0.1:{port}/") and can_store(port))
    return {"endpoint": f"http://127.0.0.1:{port}"}


def can_store(port):
    """Whether a volume server has registered: the gateway answers before that."""
    import boto3
    import botocore

    client = boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
        region_name="us-east-1", config=botocore.config.Config(retries={"max_attempts": 1}),
    )
    try:
        client.create_bucket(Bucket="readiness")
    except Exception:
        pass
    try:
        client.put_object(Bucket="readiness", Key="a", Body=b"a")
        client.delete_object(Bucket="readiness", Key="a")
        client.delete_bucket(Bucket="readiness")
        return True
    except Exception:
        return False


CEPH_PACKAGES = "apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr ceph-common"
CEPH_CONFIGURATION = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{monitor}
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.ceph.log
ms bind msgr1 = false
ms mon client mode = crc
[mon]
mon data = {folder}/mon
mon initial members = a
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 1073741824
osd class load list = *
osd class default list = *
osd class dir = {classes}
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port} ssl_endpoint=127.0.0.1:{tls} ssl_certificate={folder}/server.pem
rgw dns name = s3.localhost
rgw enable ops log = false
rgw multipart min part size = 5242880
"""


def ceph():
    """A cluster of one monitor, one store in memory and one gateway."""
    monitor_program, osd_program, gateway, tool, admin, maps = (
        program(name, CEPH_PACKAGES)
        for name in ["ceph-mon", "ceph-osd", "radosgw", "ceph", "radosgw-admin", "monmaptool"]
    )
    monitor, port, tls = (reserve_port() for _ in range(3))
    fsid = str(uuid.uuid4())
    for name in ["mon", "osd", "rgw"]:
        (folder / name).mkdir()
    configuration = folder / "ceph.conf"
    # Debian 13's Ceph looks for the object classes in a relative folder.
    classes = next(iter(pathlib.Path("/usr/lib").glob("**/rados-classes")), "")
    configuration.write_text(
        CEPH_CONFIGURATION.format(fsid=fsid, monitor=monitor, port=port, tls=tls, folder=folder, classes=classes)
    )
    certify("s3.localhost")
    options = ["-c", str(configuration)]
    # The Python of `ceph` is the system's.
    environment = {**os.environ, "CEPH_ARGS": f"-c {configuration}"}
    environment.pop("VIRTUAL_ENV", None)

    def run(*command, patience=30):
        try:
            return subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience
            )
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(command, 1, "", str(error))

    run(maps, "--create", "--addv", "a", f"[v2:127.0.0.1:{monitor}]", "--fsid", fsid, str(folder / "monmap"), "--clobber")
    run(monitor_program, *options, "-i", "a", "--mkfs", "--monmap", str(folder / "monmap"))
    start(monitor_program, *options, "-i", "a", "-f", name="monitor")
    wait("Ceph's monitor", lambda: run(tool, *options, "--connect-timeout", "2", "mon", "stat").returncode == 0)
    osd = str(uuid.uuid4())
    run(tool, *options, "osd", "new", osd)
    run(osd_program, *options, "-i", "0", "--mkfs", "--osd-uuid", osd)
    start(osd_program, *options, "-i", "0", "-f", name="osd")
    wait("Ceph's store", lambda: "1 up" in run(tool, *options, "osd", "stat").stdout)
    start(gateway, *options, "-n", "client.rgw", "-f", name="gateway")
    wait("Ceph's gateway", lambda: answers(f"http://127.0.0.1:{port}/"))
    made = run(
        admin, *options, "-n", "client.rgw", "user", "create", "--uid=tests", "--display-name=Tests",
        f"--access-key={ACCESS}", f"--secret-key={SECRET}", "--max-buckets=10000",
    )
    if made.returncode != 0:
        fail(f"Ceph's user could not be made: {made.stderr}")
    return {
        "endpoint": f"http://127.0.0.1:{port}", "tlsEndpoint": f"https://s3.localhost:{tls}",
        "caFile": str(folder / "certificate.pem"),
    }


def certify(host):
    """A certificate of its own making for `host` and every name right below it, with its key in `server.pem`."""
    made = subprocess.run(
        [program("openssl", "scripts/install-tests.sh"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},DNS:*.{host}",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    if made.returncode != 0:
        fail(f"no certificate could be made: {made.stderr}")
    (folder / "server.pem").write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())


def end(*_):
    for process in reversed(processes):
        process.kill()
    for process in processes:
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: (end(), os._exit(0)))
    parent = os.getppid()
    addresses = {"rclone": rclone, "seaweedfs": seaweedfs, "ceph": ceph}[sys.argv[1]]()
    print(json.dumps({**addresses, "accessKey": ACCESS, "secretKey": SECRET}), flush=True)
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], 1)
        if readable and not os.read(0, 1024):
            break
    end()


main()

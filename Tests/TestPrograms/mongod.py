"""A MongoDB server for the tests: a replica set of one member on a free port of the loopback interface, with everything it keeps
in a folder of its own.

    mongod.py

Prints its connection string as one line when it is primary, and ends the server, with its folder, when its standard input is
closed or its parent is gone. Each line that it reads is the name of a database: its documents, and those of all databases whose
names begin with it and a hyphen, are deleted. Their collections and indexes stay: to make them takes most of the time of a
test. Then it prints the name."""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pymongo

# In memory where there is a file system for that: nothing is kept, and every commit waits for the disk.
shared = pathlib.Path("/dev/shm")
parent_folder = shared if shared.is_dir() and shutil.disk_usage(shared).free > 2 << 30 else None
folder = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-mongod-", dir=parent_folder))
process = None


def fail(message):
    print(message, file=sys.stderr, flush=True)
    end()
    sys.exit(1)


def program():
    libraries = pathlib.Path(sys.executable).parent.parent / "lib"
    bundled = sorted(libraries.glob("python3*/site-packages/fiftyone/db/bin/mongod"))
    found = os.environ.get("MONGOD") or (bundled[0] if bundled else shutil.which("mongod"))
    if not found:
        fail("mongod is missing; install it with: scripts/install-tests.sh")
    os.chmod(found, 0o755)
    return str(found)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start():
    global process
    port = free_port()
    (folder / "data").mkdir()
    log = (folder / "output").open("wb")
    process = subprocess.Popen(
        [program(), "--dbpath", folder / "data", "--port", str(port), "--bind_ip", "127.0.0.1", "--replSet", "tests",
         "--nounixsocket", "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25",
         # Each collection and each index is a file, and the tests have thousands of them.
         "--wiredTigerEngineConfigString", "file_manager=(close_handle_minimum=100,close_idle_time=5,close_scan_interval=2)",
         "--setParameter", "diagnosticDataCollectionEnabled=false",
         # As docs/mongodb.md says: what a killed process was changing is free after that time.
         "--setParameter", "transactionLifetimeLimitSeconds=15"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
    )
    address = f"127.0.0.1:{port}"
    client = pymongo.MongoClient(f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=60_000)
    members = {"_id": "tests", "members": [{"_id": 0, "host": address}]}
    client.admin.command("replSetInitiate", members)
    deadline = time.monotonic() + 60
    while not client.admin.command("hello")["isWritablePrimary"]:
        if process.poll() is not None or time.monotonic() > deadline:
            fail((folder / "output").read_text(errors="replace")[-2000:])
        time.sleep(0.02)
    client.close()
    return f"mongodb://{address}/?replicaSet=tests"


def end(*_):
    if process:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def clear(client, name):
    for database in client.list_database_names():
        if database == name or database.startswith(name + "-"):
            for collection in client[database].list_collection_names():
                client[database][collection].delete_many({})
    print(name, flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: (end(), os._exit(0)))
    parent = os.getppid()
    uri = start()
    client = pymongo.MongoClient(uri)
    print(uri, flush=True)
    rest = b""
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], 1)
        if process.poll() is not None:
            fail("mongod has ended:\n" + (folder / "output").read_text(errors="replace")[-4000:])
        if not readable:
            continue
        data = os.read(0, 1024)
        if not data:
            break
        *names, rest = (rest + data).split(b"\n")
        try:
            for name in names:
                clear(client, name.decode())
        except BrokenPipeError:
            break
    end()


main()

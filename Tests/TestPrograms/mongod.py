"""A MongoDB server for the tests: a replica set of one member on a free port of the loopback interface, with everything it keeps
in a folder of its own.

    mongod.py

Prints its connection string as one line when it is primary, and ends the server, with its folder, when its standard input is
closed or its parent is gone. Each line that it reads is the name of a database: its documents, and those of all databases whose
names begin with it and a hyphen, are deleted. Their collections and indexes stay: to make them takes most of the time of a
test. Then it prints the name."""

import os
import pathlib
import shutil
import sys

import pymongo

from server import Server, reserve_port

# In memory where there is a file system for that: nothing is kept, and every commit waits for the disk.
shared = pathlib.Path("/dev/shm")
parent_folder = shared if shared.is_dir() and shutil.disk_usage(shared).free > 2 << 30 else None


def program():
    libraries = pathlib.Path(sys.executable).parent.parent / "lib"
    bundled = sorted(libraries.glob("python3*/site-packages/fiftyone/db/bin/mongod"))
    found = os.environ.get("MONGOD") or (bundled[0] if bundled else shutil.which("mongod"))
    if found:
        os.chmod(found, 0o755)
    return found and str(found)


def command(program, folder, port):
    (folder / "data").mkdir()
    return [
        program, "--dbpath", folder / "data", "--port", str(port), "--bind_ip", "127.0.0.1", "--replSet", "tests", "--nounixsocket",
        "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25",
        # Each collection and each index is a file, and the tests have thousands of them.
        "--wiredTigerEngineConfigString", "file_manager=(close_handle_minimum=100,close_idle_time=5,close_scan_interval=2)",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
        # As docs/mongodb.md says: what a killed process was changing is free after that time.
        "--setParameter", "transactionLifetimeLimitSeconds=15",
    ]


def clear(client, name):
    for database in client.list_database_names():
        if database == name or database.startswith(name + "-"):
            for collection in client[database].list_collection_names():
                client[database][collection].delete_many({})
    print(name, flush=True)


def main():
    server, port = Server("mongod", parent_folder), reserve_port()
    found = program()
    if not found:
        server.fail("mongod is missing; install it with: scripts/install-tests.sh")
    server.start(command(found, server.folder, port))
    address = f"127.0.0.1:{port}"
    with pymongo.MongoClient(f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=60_000) as client:
        client.admin.command("replSetInitiate", {"_id": "tests", "members": [{"_id": 0, "host": address}]})
        server.wait(lambda: client.admin.command("hello")["isWritablePrimary"])
    uri = f"mongodb://{address}/?replicaSet=tests"
    client = pymongo.MongoClient(uri)
    server.serve(uri, lambda name: clear(client, name))


main()

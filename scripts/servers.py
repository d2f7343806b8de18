"""What nodes of a cluster share, on free ports of the loopback interface: a MongoDB replica set of three members, and Redis.

usage: servers.py FOLDER

Prints a line of JSON, {"settings": {…}, "processes": {NAME: PID}}, and ends the servers when its standard input is closed. What they
store and log is in the folder.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import pymongo

from ports import reserve_port

SET = "chat"


class Failure(Exception):
    """A program that did not start, with the end of its log."""


class Programs:
    """Programs that end with the block, the last one first; their logs are in the folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.running, self.starts = {}, {}

    def start(self, name, *command, environment=None, **options):
        """Starts a program. It does not receive the terminal's Ctrl-C, and is killed if this process is."""
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, **{"stdout": log, **options}, stderr=log, cwd=self.folder,
                env={**os.environ, **(environment or {})}, start_new_session=True, preexec_fn=end_with_parent,
            )
        self.running[name] = process
        self.starts[name] = command, environment, options
        return process

    def kill(self, name):
        """Kills a program with SIGKILL."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def start_again(self, name):
        """Starts a program that has ended as it was started before."""
        command, environment, options = self.starts[name]
        return self.start(name, *command, environment=environment, **options)

    def log(self, name):
        return self.folder / f"{name}.log"

    def wait(self, name, is_ready, seconds=60):
        """Waits until the program is ready."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                raise self.failure(name)
            time.sleep(0.05)

    def failure(self, name):
        text = self.log(name).read_text(errors="replace")[-1500:]
        return Failure(f"{name} did not start:\n{text}")

    def stop(self, name, seconds=30):
        """Ends a program in order, or kills it where that takes too long."""
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in reversed(list(self.running)):
            self.stop(name)


def end_with_parent():
    """In the child process: prctl(2), PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def answers(address):
    """Whether a program listens there."""
    host, port = address.split(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 5):
        return True
    return False


def program(name):
    """Where a program is installed: by pip, or on the path."""
    libraries = pathlib.Path(sys.executable).parent.parent / "lib"
    bundled = sorted(libraries.glob(f"python3*/site-packages/fiftyone/db/bin/{name}"))
    found = bundled[0] if bundled else shutil.which(name)
    if not found:
        raise Failure(f"{name} is missing; install it with: scripts/install-tests.sh")
    if bundled:
        # pip unpacks it without that right.
        os.chmod(found, 0o755)
    return found


def mongodb(programs, members=3):
    """Starts a replica set, and gives its connection string when it has a primary and all others follow it."""
    mongod, addresses = program("mongod"), []
    for number in range(1, members + 1):
        addresses.append(f"127.0.0.1:{reserve_port()}")
        data = programs.folder / f"mongod-{number}"
        data.mkdir()
        programs.start(
            f"mongod {number}", mongod, "--dbpath", data, "--port", addresses[-1].split(":")[1], "--bind_ip", "127.0.0.1",
            "--replSet", SET, "--nounixsocket", "--oplogSize", "256", "--wiredTigerCacheSizeGB", "0.5",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            # It waits this long for its clients when it ends, by default 15 s.
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            # As docs/mongodb.md says: what a killed process was changing is free after that time.
            "--setParameter", "transactionLifetimeLimitSeconds=15",
        )
    for number, address in enumerate(addresses, 1):
        programs.wait(f"mongod {number}", lambda: answers(address))
    uri = f"mongodb://{','.join(addresses)}/?replicaSet={SET}"
    with pymongo.MongoClient(addresses[0], directConnection=True, serverSelectionTimeoutMS=60_000) as first:
        first.admin.command("replSetInitiate", {
            "_id": SET, "members": [{"_id": number, "host": address} for number, address in enumerate(addresses)],
            "settings": {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500},
        })

        def is_complete():
            states = [member["stateStr"] for member in first.admin.command("replSetGetStatus")["members"]]
            return states.count("PRIMARY") == 1 and states.count("SECONDARY") == members - 1

        programs.wait("mongod 1", is_complete)
    return uri


def redis(programs):
    """Starts Redis, and gives its URL when it answers."""
    port = reserve_port()
    programs.start("redis", program("redis-server"), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    programs.wait("redis", lambda: answers(f"127.0.0.1:{port}"))
    return f"redis://127.0.0.1:{port}"


def main(folder):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Programs(folder) as programs:
        settings = {"DARKROOM_MONGODB_URL": mongodb(programs), "DARKROOM_REDIS_URL": redis(programs)}
        processes = {name: process.pid for name, process in programs.running.items()}
        print(json.dumps({"settings": settings, "processes": processes}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])

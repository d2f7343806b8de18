"""What nodes of a cluster share, as servers that can be killed and started again: MongoDB, Redis and a bucket."""

import contextlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pymongo

import servers

from bucket import bucket
from ports import reserve_port

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "TestPrograms"


class MongoDB:
    """A replica set of three members."""

    def __init__(self, stack):
        # In memory where there is a file system for that: every commit waits for the disk.
        shared = pathlib.Path("/dev/shm")
        has_memory = shared.is_dir() and shutil.disk_usage(shared).free > 4 << 30
        folder = tempfile.mkdtemp(prefix="darkroom-mongod-", dir=shared if has_memory else None)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        self.programs = stack.enter_context(servers.Programs(folder))
        self.uri = servers.mongodb(self.programs)

    def step_down(self):
        """Has the primary become a secondary for two seconds at least."""
        with contextlib.suppress(pymongo.errors.PyMongoError), pymongo.MongoClient(self.uri) as client:
            client.admin.command({"replSetStepDown": 2, "force": True})

    def kill(self, rng: random.Random):
        """Kills a member, most often the primary. The others have a majority. Returns its name."""
        names = sorted(self.programs.running)
        name = rng.choice(names)
        if rng.random() < 0.7:
            with contextlib.suppress(pymongo.errors.PyMongoError), pymongo.MongoClient(self.uri) as client:
                port = client.admin.command("hello")["primary"].split(":")[1]
                name = next(each for each in names if port in map(str, self.programs.starts[each][0]))
        self.programs.kill(name)
        return name

    def start_again(self, name):
        self.programs.start_again(name)
        with pymongo.MongoClient(self.uri, serverSelectionTimeoutMS=60_000) as client:
            # A member that was killed reads its journal, and follows the others again. Only one is away at a time.
            def follows():
                members = client.admin.command("replSetGetStatus")["members"]
                return all(each["stateStr"] in ("PRIMARY", "SECONDARY") for each in members)

            self.programs.wait(name, lambda: answers_to(follows))


def answers_to(question):
    """Whether the answer is yes; no while there is no primary to ask."""
    with contextlib.suppress(pymongo.errors.PyMongoError):
        return question()
    return False


class Redis:
    """A Redis server that can be restarted on its port, without what it had."""

    def __init__(self, stack):
        self.server = contextlib.ExitStack()
        self.port = reserve_port()
        self.start()
        stack.callback(self.server.close)

    def start(self):
        process = subprocess.Popen(
            [sys.executable, SCRIPTS / "redis.py", str(self.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        self.server.callback(process.wait)
        self.server.callback(process.stdin.close)
        if not process.stdout.readline():
            raise SystemExit("redis.py does not start")

    def restart(self, pause):
        """Ends it, and starts it again after so many seconds."""
        self.server.close()
        time.sleep(pause)
        self.start()


class Bucket:
    """A bucket whose server can be suspended."""

    def __init__(self, stack):
        self.settings = stack.enter_context(bucket("seaweedfs"))

    def suspend(self, seconds):
        """Suspends the server for so many seconds."""
        pids = self.processes()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def processes(self):
        """The processes that listen on its port."""
        port = self.settings["DARKROOM_S3_ENDPOINT"].rsplit(":", 1)[1]
        output = subprocess.run(["ss", "-Hltnp", f"sport = :{port}"], capture_output=True, text=True).stdout
        return {int(part.split("pid=")[1].split(",")[0]) for part in output.split() if "pid=" in part}

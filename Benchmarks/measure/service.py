"""A fresh `darkroom serve`, and what it costs."""

import os
import resource
import shutil
import socket
import subprocess
import threading
import time

from .machine import PROGRAM, SCRATCH
from .timing import Failed

BASE = "/bananatalk/api/v1"
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


class Process:
    """A process that is measured from outside."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid

    def cpu_seconds(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """Resident bytes, and those of memory files, which count whether they are mapped or not."""
        resident, shared = (int(n) * PAGE for n in open(f"/proc/{self.pid}/statm").read().split()[1:3])
        files = 0
        try:
            for name in os.listdir(f"/proc/{self.pid}/fd"):
                path = f"/proc/{self.pid}/fd/{name}"
                if os.readlink(path).startswith("/memfd:"):
                    files += os.stat(path).st_blocks * 512
        except OSError:
            pass
        return resident + files

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Darkroom(Process):
    """The service on an empty folder, listening."""

    def __init__(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65536), limit))
        self.data = SCRATCH / "data"
        shutil.rmtree(self.data, ignore_errors=True)
        self.port = free_port()
        super().__init__([PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data])
        if not self.process.stdout.readline():
            raise Failed("darkroom serve did not start: run it by hand to see why")
        drain = threading.Thread(target=self.process.stdout.read, daemon=True)
        drain.start()
        wait_for(lambda: self.get("/healthz") is not None)

    def token(self, user):
        command = [PROGRAM, "token", "--user", user, "--data", self.data]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def get(self, path):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return int(connection.recv(4096).split()[1])
        except (OSError, IndexError, ValueError):
            return None

    def stop(self):
        super().stop()
        shutil.rmtree(self.data, ignore_errors=True)


class Peak:
    """The most memory that a process has while the block runs."""

    def __init__(self, process):
        self.process = process
        self.bytes = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(0.01):
            self.bytes = max(self.bytes, self.process.memory())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed("the service does not answer")
        time.sleep(0.02)

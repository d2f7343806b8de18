"""A program that is measured from outside, including its child processes."""

import os
import socket
import subprocess
import threading
import time

from .timing import Failed

PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


class Process:
    """Starts the program; it is ended with the block."""

    def __init__(self, command, environment=None, folder=None):
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, cwd=folder
        )
        self.pid = self.process.pid

    def token(self, _):
        return "none"

    def tree(self):
        """The process and its descendants."""
        pids = [self.pid]
        for pid in pids:
            try:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    pids += open(f"/proc/{pid}/task/{thread}/children").read().split()
            except OSError:
                pass
        return pids

    def cpu_seconds(self):
        """The processor time of all its processes, including those that have ended."""
        total = 0
        for pid in self.tree():
            try:
                fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
                total += sum(int(field) for field in fields[11:15])
            except OSError:
                pass
        return total / TICK

    def bytes_written(self):
        """The bytes that all its processes, including those that have ended, have caused to be written (proc(5), `write_bytes`)."""
        total = 0
        for pid in self.tree():
            try:
                counters = dict(line.split(": ") for line in open(f"/proc/{pid}/io").read().splitlines())
                total += int(counters["write_bytes"])
            except OSError:
                pass
        return total

    def memory(self):
        """The resident bytes, plus those of memory files, whether mapped or not."""
        resident, files = 0, {}
        for pid in self.tree():
            try:
                resident += int(open(f"/proc/{pid}/statm").read().split()[1]) * PAGE
                for name in os.listdir(f"/proc/{pid}/fd"):
                    path = f"/proc/{pid}/fd/{name}"
                    if os.readlink(path).startswith("/memfd:"):
                        status = os.stat(path)
                        files[status.st_ino] = status.st_blocks * 512
            except OSError:
                pass
        return resident + sum(files.values())

    def get(self, path):
        """The status of the response, if there is one."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return int(connection.recv(4096).split()[1])
        except (OSError, IndexError, ValueError):
            return None

    def wait_until_ready(self):
        """Waits until it prints that it is ready; its standard output is read from then on, so that the pipe never fills."""
        if not self.process.stdout.readline():
            raise Failed(f"{self.process.args[0]} did not start: run it by hand to see why")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

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


class Watch:
    """Samples a process every 20 ms while the block runs."""

    def __init__(self, process):
        self.process = process
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(0.02):
            self.look()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class Peak(Watch):
    """The peak memory of a process while the block runs."""

    bytes = 0

    def look(self):
        self.bytes = max(self.bytes, self.process.memory())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed("waited in vain")
        time.sleep(0.01)

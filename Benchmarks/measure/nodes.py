"""Services that are nodes of one cluster: they share a MongoDB replica set of three, Redis, and a store that discards objects."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request

from .fanout import token
from .machine import ROOT, SCRATCH
from .process import Process
from .service import Darkroom
from .sink import Sink
from .timing import Failed

SCRIPT = ROOT / "scripts/servers.py"


class Running(Process):
    """A process that something else has started."""

    def __init__(self, pid):
        self.pid = pid


class Servers:
    """MongoDB and Redis, with nothing stored."""

    def __enter__(self):
        folder = SCRATCH / "cluster"
        shutil.rmtree(folder, ignore_errors=True)
        self.script = subprocess.Popen(
            [ROOT / ".build/venv/bin/python", SCRIPT, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.script.stdout.readline())
        self.settings = ready["settings"]
        self.processes = {name: Running(pid) for name, pid in ready["processes"].items()}
        return self

    def __exit__(self, *_):
        self.script.stdin.close()
        self.script.wait()
        shutil.rmtree(SCRATCH / "cluster", ignore_errors=True)


class Cluster:
    """The servers and as many serving nodes."""

    def __init__(self, count):
        self.count = count

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            servers = stack.enter_context(Servers())
            self.sink = stack.enter_context(Sink())
            self.nodes = [
                stack.enter_context(Darkroom(self.sink, f"node-{number}", servers.settings)) for number in range(1, self.count + 1)]
            self.servers = servers.processes
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def drain(self):
        """Seconds until the events of all messages are delivered: nobody is connected, so that each is done when it is handled."""
        began, node = time.perf_counter(), self.nodes[0]
        while time.perf_counter() - began < 60:
            request = urllib.request.Request(f"http://127.0.0.1:{node.port}/metrics")
            request.add_header("Authorization", f"Bearer {token('service', scope='service')}")
            with urllib.request.urlopen(request, timeout=30) as answer:
                lines = answer.read().decode().splitlines()
            if not sum(float(line.split()[-1]) for line in lines if line.startswith("darkroom_outbox_entries")):
                return time.perf_counter() - began
            time.sleep(0.05)
        raise Failed("the events of the messages were not delivered within a minute")

    def cpu_seconds(self):
        """The processor time of each part since its start."""
        used = {f"node {number}": node.cpu_seconds() for number, node in enumerate(self.nodes, 1)}
        members = sorted((each.cpu_seconds() for name, each in self.servers.items() if name.startswith("mongod")), reverse=True)
        # The primary does the most.
        used |= {"MongoDB's primary": members[0], "its secondaries": sum(members[1:])}
        return used | {"Redis": self.servers["redis"].cpu_seconds(), "the store": self.sink.cpu_seconds()}

"""The programs that Darkroom is compared with for uploads to a bucket: the bare relay and two usual stacks."""

import shutil
import time

from .files import compiled
from .machine import ROOT, SCRATCH
from .process import Process, free_port, wait_for

PEERS = ROOT / "Benchmarks/peers"
SPOOL = SCRATCH / "spool"


class Relay(Process):
    """The baseline: receives, hashes, forwards."""

    def __init__(self, sink):
        self.port = free_port()
        super().__init__([compiled("relay.c", "-lcrypto"), str(self.port), str(sink.port)])
        self.wait_until_ready()


class Peer(Process):
    """A stack that keeps its uploads in temporary files."""

    def __init__(self, command, environment, folder):
        shutil.rmtree(SPOOL, ignore_errors=True)
        SPOOL.mkdir(parents=True)
        super().__init__(command, {**environment, "TMPDIR": str(SPOOL)}, folder)

    def stop(self):
        super().stop()
        shutil.rmtree(SPOOL, ignore_errors=True)


class Node(Peer):
    def __init__(self, sink, processes=1):
        self.port = free_port()
        numbers = [str(number) for number in (self.port, sink.port, processes)]
        super().__init__(["node", "server.js", *numbers], {"NODE_PATH": "/usr/share/nodejs"}, PEERS / "node")
        self.wait_until_ready()


class Python(Peer):
    def __init__(self, sink, processes=1):
        self.port = free_port()
        numbers = [str(number) for number in (self.port, sink.port, processes)]
        command = [ROOT / ".build/venv-bench/bin/python", "server.py", *numbers]
        super().__init__(command, {"PYTHONDONTWRITEBYTECODE": "1"}, PEERS / "python")
        wait_for(lambda: self.get("/healthz") == 200)
        # Its first process responds before the last one has started.
        time.sleep(0.5 * (processes > 1))

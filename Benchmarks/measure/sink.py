"""The store that discards everything (`baseline/sink.c`)."""

import contextlib
import json
import urllib.request

from .files import compiled
from .process import Process, free_port
from .timing import Failed


class Sink(Process):
    def __init__(self):
        self.port = free_port()
        super().__init__([compiled("sink.c"), str(self.port)])
        self.wait_until_ready()

    def settings(self):
        """The settings with which Darkroom uses it."""
        return {
            "DARKROOM_S3_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "DARKROOM_S3_BUCKET": "bench",
            "DARKROOM_S3_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "benchbench",
        }

    def counts(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/counts", timeout=5) as answer:
            return json.load(answer)

    def objects(self):
        """The number of objects that were written."""
        counts = self.counts()
        return counts["completed"] + counts["puts"]

    @contextlib.contextmanager
    def expecting(self, objects, count):
        """Fails unless the block writes this many objects with at least this many bytes in total."""
        before = self.counts()
        yield
        after = self.counts()
        got = {name: after[name] - before[name] for name in after}
        if got["bytes"] < count or got["completed"] + got["puts"] < objects:
            raise Failed(f"the store should have got {objects} objects of {count} bytes together, and got {got}")

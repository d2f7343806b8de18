"""The clients. They are C programs, so that their own time is negligible."""

import contextlib
import statistics
import subprocess
import tempfile

from .files import compiled
from .service import BASE
from .timing import Failed

# A user's daily limit is reached within seconds here.
USERS = [f"user{number}" for number in range(8)]


def send(process, file, connections=1):
    """(status, seconds, seconds after the last byte) of each of as many uploads of `file` at once."""
    command = [compiled("send.c"), str(process.port), f"{BASE}/messages/video", process.token("alice"), "video", str(file)]
    finished = subprocess.run(command + [str(connections)], capture_output=True, text=True)
    if finished.returncode != 0:
        raise Failed(finished.stderr.strip() or "the client failed")
    return [(int(s), float(t), float(l)) for s, t, l in (line.split() for line in finished.stdout.splitlines())]


def repeat(process, file, connections, seconds):
    """(elapsed seconds, statuses, milliseconds in ascending order) of voice messages, one after another on each connection."""
    tokens = ",".join(process.token(user) for user in USERS)
    command = [compiled("repeat.c"), str(process.port), f"{BASE}/messages/voice", tokens, "voice", str(file)]
    finished = subprocess.run(command + [str(connections), str(seconds)], capture_output=True, text=True)
    if finished.returncode != 0:
        raise Failed(finished.stderr.strip() or "the client failed")
    *answers, passed = finished.stdout.splitlines()
    answers = [line.split() for line in answers]
    return float(passed), [int(status) for status, _ in answers], sorted(float(wait) for _, wait in answers)


class Waits(list):
    """The milliseconds in ascending order."""

    def median(self):
        return statistics.median(self)

    def p99(self):
        return self[min(len(self) - 1, int(len(self) * 0.99))]


@contextlib.contextmanager
def asking(process, path="/healthz", every=5):
    """Sends a small request every few milliseconds while the block runs; the times are available afterwards."""
    waits = Waits()
    command = [compiled("ask.c"), str(process.port), path, str(every)]
    # A pipe would fill up, and the client would block on it.
    with tempfile.TemporaryFile("w+") as shown:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=shown, stderr=subprocess.PIPE, text=True) as asked:
            yield waits
            _, complaint = asked.communicate()
        if asked.returncode != 0:
            raise Failed(f"{path}: {complaint.strip()}")
        shown.seek(0)
        waits.extend(sorted(float(line) for line in shown))

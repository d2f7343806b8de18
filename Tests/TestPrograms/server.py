"""What the servers of the tests have in common: a folder of their own, and an end when the process that started them is gone."""

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

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from ports import reserve_port


def port_argument():
    """The port that the command line names, or one that is reserved for this process."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else reserve_port()


def answers(port, request, reply):
    """Whether the server at `port` begins its answer to the bytes `request` with `reply`."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(64).startswith(reply)
    except OSError:
        return False


class Server:
    """A program that runs in a process group of its own, with everything it keeps in `folder`."""

    def __init__(self, name, parent=None):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"darkroom-{name}-", dir=parent))
        self.process = None
        signal.signal(signal.SIGTERM, lambda *_: (self.end(), os._exit(0)))

    def start(self, command):
        self.process = subprocess.Popen(
            command, cwd=self.folder, start_new_session=True, stdin=subprocess.DEVNULL, stdout=(self.folder / "output").open("wb"),
            stderr=subprocess.STDOUT)

    def wait(self, answers, seconds=60):
        """Returns when `answers()` is true; ends this process if the server ends, or does not answer for `seconds`."""
        deadline = time.monotonic() + seconds
        while not answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.fail(f"{self.name} does not answer:\n{self.output()}")
            time.sleep(0.02)

    def output(self):
        """The last of what the server has printed."""
        return (self.folder / "output").read_text(errors="replace")[-4000:]

    def fail(self, message):
        print(message, file=sys.stderr, flush=True)
        self.end()
        sys.exit(1)

    def obey(self, line):
        """Stops the server's process where the line is `pause`, or lets it go on where it is `resume`; prints the line when that is done."""
        os.killpg(self.process.pid, {"pause": signal.SIGSTOP, "resume": signal.SIGCONT}[line])
        print(line, flush=True)

    def end(self):
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def serve(self, ready, hear=lambda line: None):
        """Prints `ready`, then calls `hear` with each line of the standard input. Ends the server when that is closed, nobody reads
        what is printed, or the parent is gone."""
        parent, rest = os.getppid(), b""
        try:
            print(ready, flush=True)
            while os.getppid() == parent:
                readable, _, _ = select.select([sys.stdin], [], [], 1)
                if self.process.poll() is not None:
                    self.fail(f"{self.name} has ended:\n{self.output()}")
                if not readable:
                    continue
                data = os.read(0, 1024)
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    hear(line.decode())
        except BrokenPipeError:
            pass
        self.end()

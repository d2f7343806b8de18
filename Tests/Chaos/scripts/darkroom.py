"""Starts, kills and restarts the real program on a temporary data folder."""

import contextlib
import os
import pathlib
import select
import signal
import subprocess
import time

import jwt


class Darkroom:
    """A data folder, and the process that serves it now, if any."""

    def __init__(self, program, data, settings=None, within=()):
        """`within` is a command that executes the program: the arguments before the program's path."""
        self.within = list(within)
        self.program, self.data = program, pathlib.Path(data)
        self.settings = settings or {}
        self.process = None
        self.base = None
        # Standard error of all starts together.
        self.log = pathlib.Path(f"{self.data}.log")

    @property
    def command(self):
        """The command and its arguments."""
        return ["serve", "--listen", "127.0.0.1:0", "--data", self.data]

    def spawn(self, **settings):
        """Starts it without waiting until it serves."""
        environment = {**os.environ, **self.settings, **settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.within, self.program, *self.command],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            )
        return self.process

    def start(self, patience=60, **settings):
        """Starts it, and waits until it prints its address. Returns how long that took."""
        began = time.monotonic()
        output = self.spawn(**settings).stdout
        ready, _, _ = select.select([output], [], [], patience)
        line = output.readline() if ready else b""
        if not line:
            self.kill()
            raise RuntimeError(f"it does not serve: {self.log.read_text(errors='replace')[-2000:]}")
        self.base = line.split()[-1].decode()
        return time.monotonic() - began

    def kill(self, signal_number=signal.SIGKILL):
        """Kills it. Returns its exit status."""
        self.process.send_signal(signal_number)
        status = self.process.wait()
        self.process.stdout.close()
        return status

    def stop(self, patience=60):
        """Stops it as a service manager does. Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        return self.kill()

    def token(self, user=None, **claims):
        """A token of a user, or without one of the chat server, valid even if the clock is set by up to a year."""
        subject = {"sub": user, "name": user.capitalize()} if user else {"sub": "chat-server", "scope": "service"}
        return jwt.encode(
            {**subject, "exp": int(time.time()) + 366 * 86400, **claims}, (self.data / "secret").read_text().strip(), "HS256"
        )

    def workers(self):
        """The worker processes."""
        found = []
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(each) for each in (task / "children").read_text().split()]
        return found


class WorkNode(Darkroom):
    """A process that processes files of jobs, and serves no clients."""

    @property
    def command(self):
        return ["work", "--listen", "127.0.0.1:0"]

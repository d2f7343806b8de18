"""A new `darkroom serve`."""

import resource
import shutil
import subprocess

from .machine import PROGRAM, SCRATCH
from .process import Process, free_port, wait_for

BASE = "/bananatalk/api/v1"


class Darkroom(Process):
    """The service on an empty folder, listening; its objects are stored in `store`, if given.

    With `begins` false the folder is as an earlier service has left it, and with `ends` false it is left for a later one.
    """

    def __init__(self, store=None, folder="data", settings=None, begins=True, ends=True):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65536), limit))
        self.data = SCRATCH / folder
        self.ends = ends
        if begins:
            shutil.rmtree(self.data, ignore_errors=True)
        self.port = free_port()
        command = [PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data]
        super().__init__(command, (store.settings() if store else {}) | (settings or {}))
        self.wait_until_ready()
        wait_for(lambda: self.get("/healthz") is not None)

    def token(self, user):
        command = [PROGRAM, "token", "--user", user, "--data", self.data]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self):
        super().stop()
        if self.ends:
            shutil.rmtree(self.data, ignore_errors=True)

"""Stops (SIGSTOP) or kills workers while users upload. Prints one line of JSON.

usage: workers.py PROGRAM STRIKES SEED

As of run.py, and {"stopped", "killed": STRIKES, "workers": COUNT at the end}. A worker may take two seconds for a file, so that
the service notices the stopped ones.
"""

import asyncio
import contextlib
import os
import pathlib
import signal
import sys
import time

import run

SETTINGS = {"DARKROOM_WORKERS": "3", "DARKROOM_WORKER_SECONDS": "2"}


class Workers(run.Run):
    def __init__(self, program, data, strikes, seed):
        super().__init__(program, data, SETTINGS, seed)
        self.strikes = strikes
        self.report.update(stopped=0, killed=0)

    async def strike(self, workload, connections):
        for _ in range(self.strikes):
            await asyncio.sleep(self.rng.uniform(0.05, 0.4))
            workers = self.darkroom.workers()
            if not workers:
                continue
            kind = self.rng.choice(["stopped", "killed"])
            # Sometimes all of them at once.
            victims = workers if self.rng.random() < 0.2 else [self.rng.choice(workers)]
            for victim in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGSTOP if kind == "stopped" else signal.SIGKILL)
            self.report[kind] += 1

    async def clean(self, workload):
        """No upload is running: none has left a file open, and every worker was replaced."""
        end = time.monotonic() + 30
        while (left := self.open_files()) and time.monotonic() < end:
            await asyncio.sleep(0.1)
        while len(self.darkroom.workers()) < int(SETTINGS["DARKROOM_WORKERS"]) and time.monotonic() < end:
            await asyncio.sleep(0.1)
        self.report["left"] += left
        self.report["workers"] = len(self.darkroom.workers())
        before = list(self.report["left"])
        await super().clean(workload)
        self.report["left"] = before + self.report["left"]

    def open_files(self):
        found = []
        for link in pathlib.Path(f"/proc/{self.darkroom.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = os.readlink(link)
                if any(part in target for part in ("memfd:", "darkroom-spool", "/incoming/", "/objects/")):
                    found.append(f"open: {target}")
        return found


def main():
    program, strikes, seed = sys.argv[1:]
    run.main(lambda data, _: Workers(program, data, int(strikes), int(seed)))


main()

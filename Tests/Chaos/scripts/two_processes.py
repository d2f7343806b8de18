"""Starts a second process repeatedly on the data folder of a running one while users upload. Prints one line of JSON.

usage: two_processes.py PROGRAM STARTS SEED

As of run.py, and {"folder": PATH, "seconds": [{"status", "words"}, ...]}: how each second process ended.
"""

import asyncio
import subprocess
import sys

import run


class TwoProcesses(run.Run):
    deletions = 0.2

    def __init__(self, program, data, starts, seed):
        super().__init__(program, data, {}, seed)
        self.second_starts = starts
        self.report.update(seconds=[], folder=data)

    async def strike(self, workload, connections):
        for _ in range(self.second_starts):
            await asyncio.sleep(self.rng.uniform(0, 0.5))
            second = await asyncio.create_subprocess_exec(
                self.darkroom.program, "serve", "--listen", "127.0.0.1:0", "--data", str(self.darkroom.data),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            try:
                # If it serves, it runs until it is stopped.
                said, complaint = await asyncio.wait_for(second.communicate(), 5)
                self.ended(second.returncode, (said + complaint).decode(errors="replace")[-500:])
            except asyncio.TimeoutError:
                second.kill()
                await second.wait()
                self.ended(None, "it serves beside the first")
            found = self.unchecked(workload)
            await self.events(workload, connections, found)
            self.check(workload, found)

    def ended(self, status, words):
        self.report["seconds"].append({"status": status, "words": words})


def main():
    program, starts, seed = sys.argv[1:]
    run.main(lambda data, _: TwoProcesses(program, data, int(starts), int(seed)))


main()

"""Steps the clock back and forth, past the start of the process and by up to a day, while users upload. Prints one line of JSON.

usage: clock.py PROGRAM STEPS SEED

As of run.py, and {"steps": [SECONDS, ...], "jobs": {STATE: COUNT, "unfinished": COUNT}, "untold": [...]}. The clock is
libfaketime's, and only the program has it.
"""

import asyncio
import sys
import time

import run
import state
import stepped_clock
from stepped_clock import SteppedClock
from workload import SENDERS


class Clock(run.Run):
    deletions = 0.3

    def __init__(self, program, data, steps, seed):
        self.clock, self.steps = SteppedClock(f"{data}.clock"), steps
        super().__init__(program, data, self.clock.settings, seed)
        self.darkroom.within = self.clock.within
        self.report.update(steps=[], jobs={}, untold=[])
        self.processes = []

    async def strike(self, workload, connections):
        jobs = []
        # First the steps of a clock that is set right after the start, then random ones.
        steps = ([-30, 30, -86400, 86400 * 2] + [
            self.rng.choice([-86400, -3600, -30, -1, 1, 30, 3600, 86400]) for _ in range(self.steps)
        ])[:self.steps]
        for number, step in enumerate(steps):
            await workload.goes_on(self.rng.randrange(8, 24))
            self.clock.step(step)
            self.report["steps"].append(step)
            await workload.goes_on(self.rng.randrange(8, 24))
            job = await workload.call("POST", "/v1/jobs", None, json={"type": "reprocess", "kind": "image"})
            jobs.append(job["id"])
            found = self.unchecked(workload)
            if number % 3 == 2:
                # At the next start the clock may be earlier than the times that this process wrote.
                self.processes.append(self.darkroom.process.pid)
                self.darkroom.kill()
                for connection in connections.values():
                    connection.is_disconnected()
                self.starts.append(self.darkroom.start())
            await self.events(workload, connections, found)
            self.check(workload, found)
        await self.finish(workload, jobs)

    async def finish(self, workload, jobs):
        """Waits for background work: jobs, and events for connected users."""
        end, running = time.monotonic() + 60, set(jobs)
        while running and time.monotonic() < end:
            for job in list(running):
                answer = await workload.call("GET", f"/v1/jobs/{job}", None)
                if answer["state"] not in ("queued", "waiting", "running"):
                    self.report["jobs"][answer["state"]] = self.report["jobs"].get(answer["state"], 0) + 1
                    running.remove(job)
            await asyncio.sleep(0.1)
        self.report["jobs"]["unfinished"] = len(running)
        # Events for senders may still be queued: they are connected only briefly.
        while (waiting := state.waiting(self.darkroom.data, except_for=SENDERS)) and time.monotonic() < end:
            await asyncio.sleep(0.1)
        self.report["untold"] = waiting

    async def clean(self, workload):
        self.processes.append(self.darkroom.process.pid)
        await super().clean(workload)
        for process in [*self.processes, self.darkroom.process.pid]:
            stepped_clock.forget(process)


def main():
    program, steps, seed = sys.argv[1:]
    run.main(lambda data, _: Clock(program, data, int(steps), int(seed)))


main()

"""Kills the program (SIGKILL) at random times during mixed uploads of several dialects, with a receiver connected to each. Prints one line of JSON.

usage: kill.py PROGRAM folder|rclone|seaweedfs KILLS SEED

As of run.py, and {"kills": while it served, "duringStart": while it started}. "awaited" are the expected events that came only
after a kill; delays are from the moment in which the receiver was connected again.
"""

import asyncio
import contextlib
import sys
import time

import run


class Kills(run.Run):
    def __init__(self, program, data, settings, kills, seed):
        super().__init__(program, data, settings, seed)
        self.kills, self.cycles = kills, 0
        self.report.update(kills=0, duringStart=0)
        # A bucket may complete requests of a killed process later: a long run waits until the last recheck has deleted
        # their objects.
        self.awaits_rechecks = kills >= 50 and bool(settings)
        self.cleaning = 1200 if self.awaits_rechecks else 60

    async def run(self):
        # A new data folder: kills while it is created.
        for _ in range(max(self.kills // 10, 2)):
            self.killed_start()
        await super().run()

    def killed_start(self):
        process = self.darkroom.spawn()
        with contextlib.suppress(Exception):
            process.wait(self.rng.uniform(0, 0.25))
        self.darkroom.kill()
        self.report["duringStart"] += 1

    async def strike(self, workload, connections):
        while self.report["kills"] < self.kills:
            await self.cycle(workload, connections)

    async def cycle(self, workload, connections):
        self.cycles += 1
        is_long = self.cycles % 15 == 3
        await self.moment(workload, is_long)
        self.darkroom.kill()
        self.report["kills"] += 1
        for connection in connections.values():
            connection.is_disconnected()
        if is_long:
            # One receiver reconnects later than the others.
            self.rng.choice(list(connections.values())).away_until = time.monotonic() + run.PATIENCE + 3
        found = self.unchecked(workload)
        if self.rng.random() < 0.3:
            self.killed_start()
        self.starts.append(self.darkroom.start())
        await self.events(workload, connections, found)
        self.check(workload, found)

    async def moment(self, workload, has_news):
        """Waits for the next kill: a random time, or, while there are events, the next acknowledgement."""
        if not has_news and self.rng.random() < 0.5:
            return await asyncio.sleep(self.rng.uniform(0.05, 2))
        left, killed = self.rng.randrange(1, 60), asyncio.Event()

        def acknowledged():
            nonlocal left
            left -= 1
            if left == 0:
                self.darkroom.process.kill()
                killed.set()

        workload.at_acknowledgement = acknowledged
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(killed.wait(), 30)
        workload.at_acknowledgement = None


def main():
    program, store, kills, seed = sys.argv[1:]
    with contextlib.ExitStack() as stack:
        settings = {}
        if store != "folder":
            from bucket import bucket

            settings = stack.enter_context(bucket(store))
        run.main(lambda data, settings: Kills(program, data, settings, int(kills), int(seed)), settings)


main()

"""The faults of a cluster: of its nodes, of the servers that they share, and of a node's clock."""

import asyncio
import collections
import random

import stepped_clock

# How far the clock of a node is stepped, in seconds in all: the URLs that it signs for uploads are valid for five minutes.
FARTHEST = 120


class Faults:
    # The kinds, and how often each comes.
    KINDS = {"kill": 10, "killWork": 4, "mongod": 2, "redis": 1, "stepDown": 1, "bucket": 1, "clock": 3}

    def __init__(self, nodes, work_nodes, clock, mongodb, redis, bucket, seed):
        self.nodes, self.work_nodes, self.stepped_clock = nodes, work_nodes, clock
        self.servers = mongodb, redis, bucket
        self.rng = random.Random(seed)
        self.counts, self.starts = collections.Counter(), []
        # The processes that had the stepped clock.
        self.clocked = []
        # Every kind comes also in a short run.
        self.first = list(self.KINDS)
        self.rng.shuffle(self.first)

    async def strike(self):
        """One fault, and its end."""
        kind = self.first.pop() if self.first else self.rng.choices(list(self.KINDS), self.KINDS.values())[0]
        self.counts[kind] += 1
        await getattr(self, kind)()

    async def kill(self):
        await self.kill_one_of(self.nodes)

    async def killWork(self):
        await self.kill_one_of(self.work_nodes)

    async def kill_one_of(self, nodes):
        node = self.rng.choice(nodes)
        self.clocked.append(node.process.pid)
        node.kill()
        await asyncio.sleep(self.rng.choice([0, 0, 2, 5]))
        self.starts.append(await asyncio.to_thread(node.start))

    async def mongod(self):
        mongodb = self.servers[0]
        name = await asyncio.to_thread(mongodb.kill, self.rng)
        await asyncio.sleep(self.rng.choice([0, 1, 5]))
        await asyncio.to_thread(mongodb.start_again, name)

    async def redis(self):
        await asyncio.to_thread(self.servers[1].restart, self.rng.uniform(0, 2))

    async def stepDown(self):
        await asyncio.to_thread(self.servers[0].step_down)

    async def bucket(self):
        await asyncio.to_thread(self.servers[2].suspend, self.rng.uniform(0.5, 3))

    async def clock(self):
        steps = [step for step in (-60, -30, -1, 1, 30, 60) if abs(self.stepped_clock.offset + step) <= FARTHEST]
        self.stepped_clock.step(self.rng.choice(steps))

    def forget_clocks(self):
        for process in [*self.clocked, *(node.process.pid for node in self.nodes if node.process)]:
            stepped_clock.forget(process)

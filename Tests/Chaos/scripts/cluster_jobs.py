"""Jobs of a cluster that process everything that is stored, while nodes are killed."""

import asyncio
import random
import time
import uuid

import aiohttp

from workload import Refused

# How long the jobs may take after the last fault, in seconds: an item that failed is tried again after up to a minute.
PATIENCE = 180


class Jobs:
    def __init__(self, workloads, seed):
        self.workloads, self.rng, self.ids = workloads, random.Random(seed), []

    async def call(self, method, path, **arguments):
        """A call to any node, which is made again elsewhere until it succeeds."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return await self.rng.choice(self.workloads).call(method, path, None, **arguments)
            except (Refused, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                if isinstance(error, Refused) and error.status < 500 or time.monotonic() > end:
                    raise
                await asyncio.sleep(0.2)

    async def start(self, **request):
        """Starts a job; a call that is made again starts no second one."""
        job = await self.call(
            "POST", "/v1/jobs", json={"type": "reprocess", **request}, headers={"Idempotency-Key": uuid.uuid4().hex})
        self.ids.append(job["id"])
        return job["id"]

    async def finish(self):
        """Waits until all jobs have ended. Returns the last answer about each."""
        end, answers = time.monotonic() + PATIENCE, {}
        for id in self.ids:
            while True:
                answers[id] = await self.call("GET", f"/v1/jobs/{id}")
                if answers[id]["state"] not in ("waiting", "running") or time.monotonic() > end:
                    break
                await asyncio.sleep(0.2)
        return list(answers.values())

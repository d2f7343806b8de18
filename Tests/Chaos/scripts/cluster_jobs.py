"""Jobs of a cluster that process everything that is stored, while nodes are killed."""

import asyncio
import random
import time
import uuid

import aiohttp

from workload import Refused

# How long the jobs may take until another item has ended, in seconds: one that failed is tried again after up to a minute.
PATIENCE = 120
ENDED = ("done", "unchanged", "skipped", "failed")


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

    async def start_if_none_runs(self, **request):
        """Starts a job unless the last one has not ended."""
        if not self.ids or not is_open(await self.call("GET", f"/v1/jobs/{self.ids[-1]}")):
            await self.start(**request)

    async def finish(self):
        """Waits until all jobs have ended, as long as they proceed. Returns the last answer about each."""
        answers = {}
        for id in self.ids:
            end, ended = time.monotonic() + PATIENCE, 0
            while is_open(answer := await self.call("GET", f"/v1/jobs/{id}")) and time.monotonic() < end:
                if (count := sum(answer["counts"][state] for state in ENDED)) > ended:
                    end, ended = time.monotonic() + PATIENCE, count
                await asyncio.sleep(0.2)
            answers[id] = answer
        return list(answers.values())


def is_open(answer):
    """Whether a job has not ended, by an answer about it."""
    return answer["state"] in ("waiting", "running")

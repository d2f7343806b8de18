"""Minutes of mixed load: successful and failing uploads, deleted messages, sockets that connect and disconnect. Prints one line of JSON.

usage: soak.py PROGRAM SECONDS SEED

As of run.py, and {"warm": SAMPLE, "end": SAMPLE, "peak": SAMPLE, "samples": COUNT, "sockets": COUNT, "failed": {STATUS: COUNT}}. A
sample is {"memory" (resident set and memory files of the service), "workers" (resident sets of its workers together), "descriptors",
"threads", "files", "database": BYTES, "rows": {TABLE: COUNT}}. "warm" and "end" are taken when nothing runs, no socket is open
and everything that was sent is deleted, after a fifth of the time and at the end; "peak" is the most that was seen between.
"""

import asyncio
import contextlib
import os
import pathlib
import sys
import time

import aiohttp

import receivers
import run
import state
from workload import RECEIVER, SENDERS, Workload

# The most messages at once; beyond it the oldest is deleted.
KEPT = 40
BROKEN = sorted((pathlib.Path(__file__).resolve().parents[3] / "samples/broken").iterdir())


class Soak(run.Run):
    deletions = 0

    def __init__(self, program, data, seconds, seed):
        super().__init__(program, data, {}, seed)
        self.seconds, self.peak, self.samples, self.sockets = seconds, {}, 0, 0

    async def strike(self, workload, connections):
        """Nothing: see ``run``."""

    async def run(self):
        self.starts.append(self.darkroom.start())
        async with Workload(self.darkroom, self.seed, deletions=0) as workload:
            await workload.tell_of_conversations()
            await self.work(workload, self.seconds / 5)
            self.report["warm"] = await self.rest(workload)
            await self.work(workload, self.seconds * 4 / 5)
            self.report["end"] = await self.rest(workload)
            self.report.update(peak=self.peak, samples=self.samples, sockets=self.sockets)
            self.tell(workload)
            self.report["deleted"] = len(workload.deleted)

    async def work(self, workload, seconds):
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(each) for each in
            [workload.run(self.at_once, stop), self.delete(workload, stop), self.fail(workload, stop),
             self.come_and_go(workload, stop), self.watch(stop)]
        ]
        await asyncio.sleep(seconds)
        stop.set()
        await asyncio.gather(*tasks)

    async def delete(self, workload, stop):
        """Deletes the oldest messages, so that there are never many."""
        while not stop.is_set():
            while len(workload.acknowledged) > KEPT:
                await workload.attempt(workload.delete(workload.acknowledged[0]))
            await asyncio.sleep(0.02)

    async def fail(self, workload, stop):
        """Sends uploads that are rejected, and uploads whose senders disconnect in the middle."""
        while not stop.is_set():
            url = f"{self.darkroom.base}/bananatalk/api/v1/messages/video"
            headers = {"Authorization": f"Bearer {workload.token(self.rng.choice(SENDERS))}"}
            with contextlib.suppress(aiohttp.ClientError, OSError, asyncio.TimeoutError):
                if self.rng.random() < 0.5:
                    form = aiohttp.FormData()
                    form.add_field("receiver", RECEIVER)
                    form.add_field("video", self.rng.choice(BROKEN).read_bytes(), filename="clip.mp4")
                    async with workload.http.post(url, data=form, headers=headers) as answer:
                        failed = self.report.setdefault("failed", {})
                        failed[str(answer.status)] = failed.get(str(answer.status), 0) + 1
                else:
                    await self.go_away(headers)
            await asyncio.sleep(self.rng.uniform(0, 0.2))

    async def go_away(self, headers):
        """Sends half of an upload and closes the connection."""
        host, port = self.darkroom.base.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = (
            "POST /bananatalk/api/v1/messages/video HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
            f"Authorization: {headers['Authorization']}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
            f"--b\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\n{RECEIVER}\r\n--b\r\n"
            "Content-Disposition: form-data; name=\"video\"; filename=\"clip.mp4\"\r\n\r\n"
        )
        content = (BROKEN[0].parents[1] / "video/landscape.mp4").read_bytes()
        writer.write(head.encode() + content[: self.rng.randrange(len(content))])
        with contextlib.suppress(OSError):
            await asyncio.wait_for(writer.drain(), 5)
        await asyncio.sleep(self.rng.uniform(0, 0.1))
        writer.transport.abort()

    async def come_and_go(self, workload, stop):
        """A user who connects to every dialect briefly, again and again; some connections are aborted instead of closed."""
        while not stop.is_set():
            connections = receivers.all_of(self.darkroom, RECEIVER)
            tasks = [asyncio.create_task(each.run()) for each in connections.values()]
            self.sockets += len(tasks)
            await asyncio.sleep(self.rng.uniform(0.2, 2))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def watch(self, stop):
        while not stop.is_set():
            sample = self.sample()
            self.samples += 1
            for name, value in sample.items():
                if isinstance(value, int):
                    self.peak[name] = max(self.peak.get(name, 0), value)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)

    async def rest(self, workload):
        """Deletes everything, waits until the service is idle, and checks what is left."""
        while workload.acknowledged:
            await workload.attempt(workload.delete(workload.acknowledged[0]))
        # Closes idle connections.
        await workload.http.close()
        workload.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=120))
        end, last = time.monotonic() + 30, None
        while time.monotonic() < end:
            await asyncio.sleep(1)
            sample = self.sample()
            # Rows, files and descriptors do not change any more.
            still = {name: sample[name] for name in ("descriptors", "files", "rows", "threads")}
            if still == last and not self.left():
                break
            last = still
        self.report["left"] = self.left()
        return sample

    def sample(self):
        data, process = pathlib.Path(self.darkroom.data), self.darkroom.process.pid
        files = [path for path in data.rglob("*") if path.is_file()]
        return {
            "memory": resident(process) + memory_files(process), "workers": sum(map(resident, self.darkroom.workers())),
            "descriptors": len(os.listdir(f"/proc/{process}/fd")), "threads": len(os.listdir(f"/proc/{process}/task")),
            "files": len(files), "database": sum(path.stat().st_size for path in data.glob("chat.sqlite")),
            "rows": state.Rows(data).counts,
        }


def resident(process):
    """The resident set of a process, in bytes; 0 for one that has ended."""
    with contextlib.suppress(OSError, StopIteration):
        status = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
        return 1024 * int(next(line for line in status if line.startswith("VmRSS:")).split()[1])
    return 0


def memory_files(process):
    """The memory of memory files that a process holds open, in bytes."""
    total = 0
    for link in pathlib.Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "/memfd:" in os.readlink(link):
                total += 512 * link.stat().st_blocks
    return total


def main():
    program, seconds, seed = sys.argv[1:]
    run.main(lambda data, _: Soak(program, data, float(seconds), int(seed)))


main()

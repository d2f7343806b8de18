"""Kills nodes of a cluster at random times during mixed uploads to all of them, restarts Redis, has MongoDB's primary step down, and
suspends the bucket. A receiver is connected to each chat system, at any node. Prints one line of JSON.

usage: nodes.py PROGRAM FAULTS SEED

As of run.py, and {"faults": by kind, "repeated": events that arrived more than once, "disordered": those that arrived first when a later
one of the same chat system had, "waiting": events for the receiver that are left in the outbox at the end, "deadLetters": those that were
given up}. "awaited" are the expected events that were not there when they were looked for.
"""

import asyncio
import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import pymongo

import cluster_state
import receivers
import run

from darkroom import Darkroom
from workload import RECEIVER, Workload

from bucket import bucket

SERVERS = pathlib.Path(__file__).resolve().parents[2] / "TestPrograms"
NODES = 3
# Seconds within which a connected receiver must have its events: a dead node's leases end after 8, its connections after 3.
PATIENCE = 45
# How long collecting garbage may take at the end. What an ended process had reserved is free after 30 seconds.
CLEANING = 120


@contextlib.contextmanager
def server(script, *arguments):
    """Runs a server until the end of the block. Gives the line that it prints when it is ready, and its process."""
    process = subprocess.Popen(
        [sys.executable, SERVERS / script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True)
    try:
        line = process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"{script} does not start")
        yield line
    finally:
        process.stdin.close()
        process.wait()


class Redis:
    """A Redis server that can be restarted on its port, without what it had."""

    def __init__(self):
        self.stack, self.port = contextlib.ExitStack(), None
        self.port = self.stack.enter_context(server("redis.py"))

    def restart(self, pause):
        self.stack.close()
        time.sleep(pause)
        self.stack.enter_context(server("redis.py", self.port))

    def close(self):
        self.stack.close()


class AnyNode:
    """What a receiver connects to: any node that serves."""

    def __init__(self, nodes, seed):
        self.nodes, self.rng = nodes, random.Random(seed)

    @property
    def base(self):
        return self.rng.choice([node for node in self.nodes if node.process.poll() is None] or self.nodes).base

    def token(self, user=None):
        return self.nodes[0].token(user)


class CountingReceivers:
    """Counts how often each message arrives, beside the first time."""

    def __init__(self, connections):
        self.counts = collections.Counter()
        for connection in connections.values():
            hear = connection.hear

            def heard(id, hear=hear, dialect=connection.dialect):
                self.counts[dialect, id] += 1
                hear(id)

            connection.hear = heard


class Cluster:
    def __init__(self, program, folder, settings, mongo, redis, faults, seed):
        self.rng, self.redis_server, self.faults, self.seed = random.Random(seed), redis, faults, seed
        self.mongo, self.name = mongo, "n" + uuid.uuid4().hex[:8]
        self.objects = cluster_state.BucketObjects(settings)
        dialects = ["bananatalk", "imagekit", "intok", "signalr", "rooms"]
        self.settings = {
            **settings, "DARKROOM_MONGODB_URL": mongo, "DARKROOM_MONGODB_DATABASE": self.name,
            "DARKROOM_MONGODB_DATABASES": ",".join(f"{each}={self.name}-{each}" for each in dialects),
            "DARKROOM_REDIS_URL": f"redis://127.0.0.1:{redis.port}", "DARKROOM_NODE_EXPIRY": "3",
        }
        self.nodes = []
        for number in range(NODES):
            data = pathlib.Path(folder) / f"node{number}"
            data.mkdir(mode=0o700)
            (data / "secret").write_text("a secret that all nodes of the cluster share")
            (data / "secret").chmod(0o600)
            self.nodes.append(Darkroom(program, data, self.settings))
        self.report = collections.defaultdict(list, expected=0, awaited=0, faults=collections.Counter())
        for name in run.FAULTS:
            self.report[name] = []
        self.delays, self.starts, self.checked = [], [], set()

    async def run(self):
        for node in self.nodes:
            self.starts.append(node.start())
        async with contextlib.AsyncExitStack() as stack:
            workloads = [
                await stack.enter_async_context(Workload(node, self.seed + index, longest=1 << 20))
                for index, node in enumerate(self.nodes)
            ]
            await workloads[0].tell_of_conversations()
            connections = receivers.all_of(AnyNode(self.nodes, self.seed), RECEIVER)
            counting = CountingReceivers(connections)
            listening = [asyncio.create_task(each.run()) for each in connections.values()]
            for connection in connections.values():
                await asyncio.wait_for(connection.connected.wait(), 60)
            stop = asyncio.Event()
            uploading = [asyncio.create_task(workload.run(2, stop)) for workload in workloads]
            for number in range(self.faults):
                await asyncio.sleep(self.rng.uniform(0.1, 2))
                await self.strike(number)
            await asyncio.sleep(1)
            stop.set()
            await asyncio.gather(*uploading)
            for connection in connections.values():
                await self.events(workloads, connection)
            await self.clean(workloads)
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            self.report["disordered"] = self.disordered(connections)
            self.tell(workloads, counting)

    async def strike(self, number):
        # Every kind comes also in a short run.
        kinds = ["kill", "redis", "stepDown", "kill", "bucket"]
        kind = kinds[number] if number < len(kinds) else self.rng.choices(kinds[1:], [1, 1, 6, 1])[0]
        self.report["faults"][kind] += 1
        await getattr(self, kind)()

    async def kill(self):
        node = self.rng.choice(self.nodes)
        node.kill()
        await asyncio.sleep(self.rng.choice([0, 0, 2, 5]))
        self.starts.append(await asyncio.to_thread(node.start))

    async def redis(self):
        await asyncio.to_thread(self.redis_server.restart, self.rng.uniform(0, 2))

    async def stepDown(self):
        client = pymongo.MongoClient(self.mongo)
        with contextlib.suppress(pymongo.errors.PyMongoError):
            await asyncio.to_thread(client.admin.command, {"replSetStepDown": 2, "force": True})

    async def bucket(self):
        pids = [int(pid) for pid in self.bucket_pids()]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(self.rng.uniform(0.5, 3))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def bucket_pids(self):
        """The processes that listen on the bucket's port."""
        port = self.settings["DARKROOM_S3_ENDPOINT"].rsplit(":", 1)[1]
        output = subprocess.run(["ss", "-Hltnp", f"sport = :{port}"], capture_output=True, text=True).stdout
        return {part.split("pid=")[1].split(",")[0] for part in output.split() if "pid=" in part}

    async def events(self, workloads, connection):
        """Waits until a receiver has every event of a message that was sent while it was connected."""
        found = [
            each for workload in workloads for each in workload.acknowledged
            if each.is_message and each.dialect == connection.dialect and connection.was_connected(each.began)
        ]
        self.report["expected"] += len(found)
        unheard = [each for each in found if each.id not in connection.heard]
        self.report["awaited"] += len(unheard)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and any(each.id not in connection.heard for each in unheard):
            await asyncio.sleep(0.02)
        self.delays += [max(connection.heard[each.id] - each.at, 0) for each in found if each.id in connection.heard]
        for each in unheard:
            if each.id not in connection.heard:
                moment = round(time.monotonic() - each.at, 1)
                self.report["late"].append(f"{each.dialect} {each.file.kind} {each.id}, acknowledged {moment} s ago")

    async def clean(self, workloads):
        """After the collectors have run: exactly what was acknowledged is stored."""
        end = time.monotonic() + CLEANING
        while (left := cluster_state.left(self.documents(), self.objects)) and time.monotonic() < end:
            await asyncio.sleep(0.5)
        documents = self.documents()
        self.report["left"] = left
        self.report["lost"] = [
            loss for workload in workloads for loss in cluster_state.losses(workload.acknowledged, documents, self.objects)
        ]
        self.report["undeleted"] = [
            f"{found.dialect} {found.id}" for workload in workloads for found in workload.deleted
            if cluster_state.owner(found) in documents.references
        ]
        waiting = [each["event"] for each in documents.outbox if each["recipient"] == RECEIVER]
        self.report.update(waiting=len(waiting), deadLetters=documents.dead_letters)

    def disordered(self, connections):
        documents, disordered = self.documents(), []
        for connection in connections.values():
            order, last = documents.order(connection.dialect), 0
            for id in sorted(connection.heard, key=connection.heard.get):
                if id in order and order[id] < last:
                    disordered.append(f"{connection.dialect} {id}")
                last = max(last, order.get(id, 0))
        return disordered

    def documents(self):
        return cluster_state.Documents(self.mongo, self.name)

    def tell(self, workloads, counting):
        refused, words, kinds = collections.Counter(), {}, collections.Counter()
        for workload in workloads:
            refused.update(workload.refused)
            words.update(workload.words)
            kinds.update(f"{found.dialect} {found.file.kind}" for found in workload.acknowledged)
        self.report.update(
            acknowledged=sum(kinds.values()), byKind=kinds, deleted=sum(len(each.deleted) for each in workloads),
            broken=sum(each.broken for each in workloads), refused=refused, words=words,
            unanswered=[name for each in workloads for name in each.unanswered],
            repeated=sum(count - 1 for count in counting.counts.values()),
            medianDelay=statistics.median(self.delays or [0]), longestDelay=max(self.delays or [0]),
            longestStart=max(self.starts), log=str(self.nodes[0].log),
        )


def main():
    program, faults, seed = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="darkroom-chaos-")
    with contextlib.ExitStack() as stack:
        settings = stack.enter_context(bucket("seaweedfs"))
        mongo = stack.enter_context(server("mongod.py"))
        redis = Redis()
        stack.callback(redis.close)
        cluster = Cluster(program, folder, settings, mongo, redis, int(faults), int(seed))
        try:
            asyncio.run(cluster.run())
        finally:
            for node in cluster.nodes:
                if node.process and node.process.poll() is None:
                    node.kill()
    print(json.dumps(cluster.report))


main()

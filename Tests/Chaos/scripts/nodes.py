"""Kills nodes and work nodes of a cluster at random times during mixed uploads to all of them and jobs that process everything again,
kills members of the MongoDB replica set and has its primary step down, restarts Redis, suspends the bucket, and steps the clock of one
node. A receiver is connected to each chat system, at any node. Prints one line of JSON.

usage: nodes.py PROGRAM FAULTS SEED

As of run.py, and {"faults": by kind, "repeated": events that arrived more than once, "disordered": those that arrived first when a later
one had, "waiting": events for the receiver that are left in the outbox at the end, "deadLetters": those that were
given up, "jobs": how many jobs ended in which state, "items": the items of all jobs by state, "failedItems": those that failed with the
reason, "differing": messages and media whose record names other objects than they refer to, "miscounted": chat systems where
the receiver, who reads nothing, has another number of unread messages than there are messages}. "awaited" are the expected events that were not there when they were looked for.
"""

import asyncio
import collections
import contextlib
import json
import pathlib
import random
import statistics
import sys
import tempfile
import time
import uuid

import cluster_state
import cluster_unread
import receivers
import run

from cluster_faults import Faults
from cluster_jobs import Jobs
from cluster_servers import Bucket, MongoDB, Redis
from darkroom import Darkroom, WorkNode
from stepped_clock import SteppedClock
from workload import RECEIVER, Workload

NODES, WORK_NODES = 3, 2
# A job that processes everything again is started each time after so many faults, unless one runs.
FAULTS_PER_JOB = 10
SECRET = "a secret that all nodes of the cluster share"
# Seconds within which a connected receiver must have its events: a dead node's leases end after 8, its connections after 3.
PATIENCE = 45
# How long collecting garbage may take at the end. What an ended process had reserved is free after 30 seconds.
CLEANING = 120


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
    def __init__(self, program, folder, mongodb, redis, bucket, faults, seed):
        self.count, self.seed = faults, seed
        self.mongo, self.name = mongodb.uri, "n" + uuid.uuid4().hex[:8]
        self.objects = cluster_state.BucketObjects(bucket.settings)
        dialects = ["bananatalk", "imagekit", "intok", "signalr", "rooms"]
        settings = {
            **bucket.settings, "DARKROOM_MONGODB_URL": mongodb.uri, "DARKROOM_MONGODB_DATABASE": self.name,
            "DARKROOM_MONGODB_DATABASES": ",".join(f"{each}={self.name}-{each}" for each in dialects),
            "DARKROOM_REDIS_URL": f"redis://127.0.0.1:{redis.port}", "DARKROOM_NODE_EXPIRY": "3", "JWT_SECRET": SECRET,
        }
        clock = SteppedClock(f"{folder}/clock")
        self.nodes = [self.node(program, folder, f"node{number}", settings) for number in range(NODES)]
        self.nodes[-1].settings = settings | clock.settings
        self.nodes[-1].within = clock.within
        # Another size than that of the serving nodes: which node has processed a file can be seen, and every job changes something.
        self.work_nodes = [
            WorkNode(program, f"{folder}/work{number}", settings | {"DARKROOM_THUMBNAIL_SIDE": "100"})
            for number in range(WORK_NODES)
        ]
        self.faults = Faults(self.nodes, self.work_nodes, clock, mongodb, redis, bucket, seed)
        self.report = collections.defaultdict(list, expected=0, awaited=0)
        for name in run.FAULTS:
            self.report[name] = []
        self.delays = []

    def node(self, program, folder, name, settings):
        data = pathlib.Path(folder) / name
        data.mkdir(mode=0o700)
        (data / "secret").write_text(SECRET)
        (data / "secret").chmod(0o600)
        return Darkroom(program, data, settings)

    async def run(self):
        for node in [*self.nodes, *self.work_nodes]:
            self.faults.starts.append(node.start())
        async with contextlib.AsyncExitStack() as stack:
            workloads = [
                await stack.enter_async_context(Workload(node, self.seed + index, longest=1 << 20, patience=60))
                for index, node in enumerate(self.nodes)
            ]
            await workloads[0].tell_of_conversations()
            connections = receivers.all_of(AnyNode(self.nodes, self.seed), RECEIVER)
            counting = CountingReceivers(connections)
            listening = [asyncio.create_task(each.run()) for each in connections.values()]
            for connection in connections.values():
                await asyncio.wait_for(connection.connected.wait(), 60)
            stop, jobs = asyncio.Event(), Jobs(workloads, self.seed)
            uploading = [asyncio.create_task(workload.run(2, stop)) for workload in workloads]
            for number in range(self.count):
                if number % FAULTS_PER_JOB == 1:
                    await jobs.start_if_none_runs()
                await asyncio.sleep(self.faults.rng.uniform(0.1, 2))
                await self.faults.strike()
            await asyncio.sleep(1)
            stop.set()
            await asyncio.gather(*uploading)
            for connection in connections.values():
                await self.events(workloads, connection)
            await jobs.start()
            self.report["jobs"] = collections.Counter(each["state"] for each in await jobs.finish())
            await self.clean(workloads)
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            documents = self.documents()
            self.report["disordered"] = self.disordered(connections, workloads)
            self.report["differing"] = list(cluster_state.differing(documents))
            self.report["miscounted"] = await cluster_unread.miscounted(workloads[0], documents, RECEIVER)
            self.report |= cluster_state.item_states(documents)
            self.tell(workloads, counting)

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
        self.report["waiting"] = [
            f"{each['dialect']} {each['event']} {each['_id']}, {each.get('attempts', 0)} attempts" for each in documents.outbox
            if each["recipient"] == RECEIVER
        ]
        self.report["deadLetters"] = documents.dead_letters

    def disordered(self, connections, workloads):
        """Events that arrived first when that of a later message had: later in the same conversation, or sent by a client when this
        one was acknowledged."""
        documents, disordered = self.documents(), []
        acknowledged = {each.id: each for workload in workloads for each in workload.acknowledged}
        for connection in connections.values():
            order, last, latest = documents.order(connection.dialect), collections.defaultdict(int), 0
            for id in sorted(connection.heard, key=connection.heard.get):
                conversation, place = order.get(id, (None, 0))
                sent = acknowledged.get(id)
                if id in order and place < last[conversation] or sent and sent.at < latest:
                    disordered.append(f"{connection.dialect} {id}")
                last[conversation] = max(last[conversation], place)
                latest = max(latest, sent.began if sent else 0)
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
            longestStart=max(self.faults.starts), faults=self.faults.counts, log=str(self.nodes[0].log),
        )


def main():
    program, faults, seed = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="darkroom-chaos-")
    with contextlib.ExitStack() as stack:
        bucket, mongodb, redis = Bucket(stack), MongoDB(stack), Redis(stack)
        cluster = Cluster(program, folder, mongodb, redis, bucket, int(faults), int(seed))
        try:
            asyncio.run(cluster.run())
        finally:
            for node in [*cluster.nodes, *cluster.work_nodes]:
                if node.process and node.process.poll() is None:
                    node.kill()
            cluster.faults.forget_clocks()
    print(json.dumps(cluster.report))


main()

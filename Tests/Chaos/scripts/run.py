"""The common part of the harnesses: users upload, receivers are connected, and acknowledged uploads are compared with the store."""

import asyncio
import collections
import contextlib
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import receivers
import state
from darkroom import Darkroom
from workload import RECEIVER, Workload

# Seconds within which a reconnected receiver must have its events; reconnecting itself may take a minute.
PATIENCE = 10
# The kinds of faults in a report; the README explains them.
FAULTS = ("lost", "halfMade", "left", "undeleted", "late")
AGE_RESERVATIONS = pathlib.Path(__file__).resolve().parents[2] / "Clients/scripts/age_reservations.py"


class Run:
    """A service, a user who is connected to every dialect, and uploads. A harness injects its faults in ``strike``."""

    at_once = 4
    deletions = 0.1
    # How long garbage collection may take at the end, in seconds.
    cleaning = 60
    # Whether the end waits for the rechecks, which delete late objects again after some minutes.
    awaits_rechecks = False

    def __init__(self, program, data, settings, seed):
        self.darkroom = Darkroom(program, data, settings)
        is_bucket = "DARKROOM_S3_BUCKET" in settings
        self.objects = state.BucketObjects(settings) if is_bucket else state.FolderObjects(data)
        self.seed, self.rng = seed, random.Random(seed)
        self.report = collections.defaultdict(list, expected=0, awaited=0)
        for name in FAULTS:
            self.report[name] = []
        self.delays, self.starts, self.checked = [], [], set()

    async def strike(self, workload, connections):
        """Injects the harness's faults. The service runs before and after it."""
        raise NotImplementedError

    async def run(self):
        self.starts.append(self.darkroom.start())
        async with Workload(self.darkroom, self.seed, deletions=self.deletions) as workload:
            await workload.tell_of_conversations()
            connections = receivers.all_of(self.darkroom, RECEIVER)
            listening = [asyncio.create_task(each.run()) for each in connections.values()]
            for connection in connections.values():
                await asyncio.wait_for(connection.connected.wait(), 30)
            stop = asyncio.Event()
            uploading = asyncio.create_task(workload.run(self.at_once, stop))
            await self.strike(workload, connections)
            stop.set()
            await uploading
            await self.events(workload, connections, self.unchecked(workload))
            await self.clean(workload)
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            self.tell(workload)

    async def events(self, workload, connections, acknowledged):
        """Waits until every receiver that was connected when these uploads began has their events."""

        async def of(connection):
            try:
                await asyncio.wait_for(connection.connected.wait(), 30)
            except asyncio.TimeoutError:
                return self.report["late"].append(f"{connection.dialect}: cannot connect again")
            expected = [
                found for found in acknowledged
                if found.is_message and found.dialect == connection.dialect and connection.was_connected(found.began)
            ]
            self.report["expected"] += len(expected)
            unheard = [found for found in expected if found.id not in connection.heard]
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end and any(found.id not in connection.heard for found in unheard):
                await asyncio.sleep(0.02)
            for found in unheard:
                heard, connected = connection.heard.get(found.id), connection.stretches[-1][0]
                if heard is not None:
                    self.report["awaited"] += 1
                    self.delays.append(max(heard - max(connected, found.at), 0))
                # There is no event for uploads that were deleted in the meantime.
                elif found in workload.acknowledged:
                    self.report["late"].append(f"{found.dialect} {found.file.kind} {found.id} after {PATIENCE} s")

        await asyncio.gather(*(of(connection) for connection in connections.values()))

    def unchecked(self, workload):
        """The uploads acknowledged since the last call."""
        found = [each for each in workload.acknowledged if id(each) not in self.checked]
        self.checked |= {id(each) for each in found}
        return found

    def check(self, workload, found):
        """Compares acknowledged uploads with the store, repeatedly while something changes."""
        for _ in range(3):
            rows = state.Rows(self.darkroom.data)
            # Uploads that were deleted in the meantime are not lost.
            still = [each for each in found if each in workload.acknowledged]
            if not (losses := list(state.losses(still, rows, self.objects))):
                return
        self.report["lost"] += [loss for loss in losses if loss not in self.report["lost"]]

    async def clean(self, workload):
        """After a last start and garbage collection: exactly the acknowledged uploads are stored."""
        self.darkroom.kill()
        # The next start aborts multipart uploads that are older than a second.
        while self.objects.age_of_youngest_upload() < 1.1:
            await asyncio.sleep(0.1)
        # As if every unused upload URL had expired.
        subprocess.run([sys.executable, AGE_RESERVATIONS, self.darkroom.data], check=True)
        self.darkroom.start(DARKROOM_S3_ABANDONED_AFTER="1")
        end = time.monotonic() + self.cleaning
        while (left := self.left()) and time.monotonic() < end:
            await asyncio.sleep(0.2)
        self.report["left"] = left
        self.check(workload, workload.acknowledged)
        rows = state.Rows(self.darkroom.data)
        for name, record in rows.all_records():
            self.report["halfMade"] += [f"{name}: {fault}" for fault in state.faults(record, self.objects)]
        self.report["undeleted"] = [
            f"{found.dialect} {found.id}" for found in workload.deleted if rows.records(found) is not None
        ]

    def left(self):
        rows, keys = state.Rows(self.darkroom.data), self.objects.keys()
        return (
            [f"half-made: {each}" for each in self.objects.half_made()]
            + [f"no row shows it: {key}" for key in sorted(keys - rows.held - self.awaited_rechecks(rows))]
            + [f"reserved: {key}" for key in rows.reserved] + [f"to be deleted: {key}" for key in rows.doomed]
        )

    def awaited_rechecks(self, rows):
        return set() if self.awaits_rechecks else rows.rechecked

    def tell(self, workload):
        kinds = collections.Counter(f"{found.dialect} {found.file.kind}" for found in workload.acknowledged)
        self.report.update(
            acknowledged=len(workload.acknowledged), byKind=kinds, deleted=len(workload.deleted), broken=workload.broken,
            refused=workload.refused, words=workload.words, unanswered=workload.unanswered,
            medianDelay=statistics.median(self.delays or [0]), longestDelay=max(self.delays or [0]),
            longestStart=max(self.starts), log=str(self.darkroom.log),
        )


def main(make, settings=None):
    """Runs a harness and prints its report, a line of JSON. The data folder is kept after a failure.

    `make` makes the harness for a data folder.
    """
    folder = tempfile.mkdtemp(prefix="darkroom-chaos-")
    run = make(f"{folder}/data", settings or {})
    try:
        asyncio.run(run.run())
    finally:
        if run.darkroom.process and run.darkroom.process.poll() is None:
            run.darkroom.kill()
    if not any(run.report[name] for name in FAULTS):
        shutil.rmtree(folder)
    print(json.dumps(run.report))

"""Kills imports (SIGKILL) at random times: a job of the service, and the command. Prints one line of JSON.

usage: imports.py PROGRAM folder|rclone|seaweedfs OBJECTS KILLS SEED

The store is filled past the program with OBJECTS objects of all kinds, a tenth of them damaged, for a job, a quarter as many for the command, and
as many again for the figures: parts that the command imports in turn with one worker and with two. The report: {"objects": valid ones, "invalid",
"kills", "commandKills", "lost": valid objects that are no medium, or one with another owner, digest or no preview, "twice": objects that are two
media, "misreported": invalid objects that are media, or not exactly one failure of the job or of the command's last run, and counts that are not
right, "left": what is stored, reserved or marked for deletion and belongs to no medium, "oneWorker", "twoWorkers": objects a second, "ratio"}.
"""

import collections
import concurrent.futures
import contextlib
import hashlib
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import requests
import state
from darkroom import Darkroom

SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "samples"
VALID = [
    "image/orientation-6.jpg", "image/transparent.png", "image/picture.webp", "image/orientation-1.jpg", "voice/voice.m4a", "voice/voice.ogg",
    "video/short.mp4", "video/clip.mov", "notes.txt",
]
INVALID = ["broken/truncated.mp4", "broken/empty.mp4", "broken/truncated.ogg"]
OWNERS = 20
# The parts that are imported in turn with one worker and with two, of a long run; a short one has one of each.
ROUNDS = 6
# How long all may take from a start to the next kill, and until nothing is left at the end, in seconds.
PATIENCE = 600


class Objects:
    """What is stored, past the program, and what is to come of it."""

    def __init__(self, data, settings, rng):
        self.store = state.BucketObjects(settings) if settings else state.FolderObjects(data)
        self.is_bucket, self.rng = bool(settings), rng
        self.files = {path: self.content(path) for path in VALID + INVALID}
        # The sample of each key.
        self.valid, self.invalid = {}, {}

    @staticmethod
    def content(path):
        return b"a note of some words\n" * 50 if path == "notes.txt" else (SAMPLES / path).read_bytes()

    def fill(self, prefix, count):
        keys = {}
        for number in range(count):
            # Every part has the same files.
            is_invalid = number % 10 == 9
            path = INVALID[number // 10 % len(INVALID)] if is_invalid else VALID[number % len(VALID)]
            key = f"{prefix}/owner{number % OWNERS}/{number:06d}{pathlib.Path(path).suffix}"
            keys[key] = path
            (self.invalid if is_invalid else self.valid)[key] = path
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.put, keys, keys.values()))

    def put(self, key, path):
        if self.is_bucket:
            # boto3's own, without the checksums that some servers do not know.
            self.store.client.upload_fileobj(io.BytesIO(self.files[path]), self.store.name, key)
            return
        file = self.store.objects / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.files[path])

    def below(self, prefix):
        """The valid and the invalid keys of a part."""
        return [{key for key in keys if key.startswith(prefix + "/")} for keys in (self.valid, self.invalid)]


class Imports:
    def __init__(self, program, data, settings, seed):
        self.rng = random.Random(seed)
        self.settings = {**settings, "DARKROOM_DIALECTS": "none", "DARKROOM_REPROCESS_CONCURRENCY": "2"}
        self.darkroom = Darkroom(program, data, self.settings)
        self.objects = Objects(data, settings, self.rng)
        self.report = collections.defaultdict(list, kills=0, commandKills=0, lost=[], twice=[], misreported=[], left=[])

    def call(self, method, path, **options):
        answer = requests.request(
            method, self.darkroom.base + path, headers={"Authorization": f"Bearer {self.darkroom.token()}"}, timeout=60, **options)
        answer.raise_for_status()
        return answer.json()

    def job(self, kills):
        """Imports a part by a job while the service is killed."""
        valid, invalid = self.objects.below("job")
        total = len(valid) + len(invalid)
        body = {"type": "import", "prefix": "job/", "rules": ["job/{owner}/* {owner}"]}
        id = self.call("POST", "/v1/jobs", json=body)["id"]
        for number in range(kills):
            # Some more have ended than at the last kill, so that each object is tried again a few times at most.
            enough = total * (number + self.rng.random()) / (kills + 1)
            if self.await_job(id, lambda job: job["endedAt"] or self.ended(job) >= enough)["endedAt"]:
                break
            time.sleep(self.rng.uniform(0, 0.05))
            self.darkroom.kill()
            self.report["kills"] += 1
            self.darkroom.start()
        job = self.await_job(id, lambda job: job["endedAt"])
        counts, expected = job["counts"], {"done": len(valid), "failed": len(invalid), "total": total}
        if job["state"] != "completed" or any(counts[name] != expected[name] for name in expected):
            self.report["misreported"].append(f"the job is {job['state']} with {counts} instead of {expected}")
        self.compare("the job", invalid, self.failures(id))

    @staticmethod
    def ended(job):
        return sum(job["counts"][state] for state in ("done", "unchanged", "skipped", "failed"))

    def await_job(self, id, condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if condition(job := self.call("GET", f"/v1/jobs/{id}")):
                return job
            time.sleep(0.02)
        raise SystemExit(f"the job does not go on: {job}")

    def failures(self, id):
        found, after = [], 0
        while after is not None:
            page = self.call("GET", f"/v1/jobs/{id}?failuresAfter={after}")
            found += [failure["key"] for failure in page["failures"]]
            after = page["moreFailuresAfter"]
        return found

    def compare(self, name, invalid, reported):
        for key, times in collections.Counter(reported).items():
            if key not in invalid or times > 1:
                self.report["misreported"].append(f"{name} reports {key} {times} times")
        self.report["misreported"] += [f"{name} does not report {key}" for key in sorted(invalid - set(reported))]

    def command(self, prefix, *options, until=None):
        """Runs the command, and kills it once it has printed so many lines. Returns the fields of its lines, its errors, and the time it took."""
        words = [
            self.darkroom.program, "import", "--prefix", prefix + "/", "--rules", self.rules(prefix), "--data", self.darkroom.data, *options]
        began = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                words, env={**os.environ, **self.settings}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
            lines = []
            for line in process.stdout:
                lines.append(line.rstrip("\n").split("\t"))
                if len(lines) == until:
                    process.kill()
            status = process.wait()
            errors.seek(0)
            return lines, errors.read().decode(errors="replace"), status, time.monotonic() - began

    def rules(self, prefix):
        path = pathlib.Path(f"{self.darkroom.data}.{prefix}.rules")
        path.write_text(f"{prefix}/{{owner}}/* {{owner}}\n")
        return path

    def killed_command(self, kills):
        """Imports a part by the command, which is killed again and again."""
        valid, invalid = self.objects.below("command")
        registered, status = [], None
        for _ in range(kills):
            # The invalid ones are tried and printed again by each run.
            until = len(invalid) + self.rng.randrange(1, max(len(valid) // kills, 2))
            lines, errors, status, _ = self.command("command", until=until)
            registered += [line[0] for line in lines if len(line) == 2]
            if status != -9:
                break
            self.report["commandKills"] += 1
        lines, errors, status, _ = self.command("command")
        registered += [line[0] for line in lines if len(line) == 2]
        self.compare("the command", invalid, [line[0] for line in lines if len(line) == 3])
        for key, times in collections.Counter(registered).items():
            if times > 1:
                self.report["twice"].append(f"{key} was printed {times} times")
        if status != 1:
            self.report["misreported"].append(f"the command ends with {status}: {errors[-500:]}")

    def measure(self, rounds):
        """Imports equal parts, in turn with one worker and with two, by a command that nothing disturbs."""
        taken, counts = collections.defaultdict(float), collections.Counter()
        for number in range(rounds):
            # One, two, two, one, one, two: both are first and last as often.
            workers = [1, 2, 2, 1][number % 4]
            lines, errors, status, time_taken = self.command(f"part{number}", "--jobs", str(workers))
            valid, invalid = self.objects.below(f"part{number}")
            self.compare(f"part {number}", invalid, [line[0] for line in lines if len(line) == 3])
            taken[workers] += time_taken
            counts[workers] += len(valid) + len(invalid)
        one, two = (counts[workers] / taken[workers] for workers in (1, 2))
        self.report.update(oneWorker=round(one, 1), twoWorkers=round(two, 1), ratio=round(two / one, 2))

    def check(self):
        """Compares the media with the objects."""
        rows = state.Rows(self.darkroom.data)
        owners = self.owners()
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in self.objects.files.items()}
        times = collections.Counter(record["key"] for record in rows.media.values())
        for id, record in rows.media.items():
            key = record["key"]
            if key not in self.objects.valid:
                self.report["misreported"].append(f"{key} is a medium")
            else:
                path = self.objects.valid[key]
                has_preview = path.startswith(("image/", "video/"))
                if record.get("sha256") != digests[path] or owners[id] != key.split("/")[1] or has_preview != bool(record.get("thumbnailKey")):
                    self.report["lost"].append(f"{key} is {record} of {owners[id]}")
        self.report["twice"] += [key for key, count in times.items() if count > 1]
        self.report["lost"] += sorted(set(self.objects.valid) - set(times))

    def owners(self):
        import sqlite3

        with contextlib.closing(sqlite3.connect(f"file:{self.darkroom.data}/chat.sqlite?mode=ro", uri=True)) as database:
            return dict(database.execute("SELECT id, owner FROM media_items"))

    def left(self):
        rows, keys = state.Rows(self.darkroom.data), self.objects.store.keys()
        previews = {record["thumbnailKey"] for record in rows.media.values() if record.get("thumbnailKey")}
        expected = set(self.objects.valid) | set(self.objects.invalid) | previews
        left = [f"stored: {key}" for key in sorted(keys - expected)] + [f"missing: {key}" for key in sorted(expected - keys)]
        return left + [f"reserved: {key}" for key in rows.reserved] + [f"marked: {key}" for key in rows.doomed]

    def clean(self):
        """What is left once the service has started again and cleaned up."""
        self.darkroom.kill()
        self.darkroom.start()
        end = time.monotonic() + PATIENCE
        while (left := self.left()) and time.monotonic() < end:
            time.sleep(0.2)
        self.report["left"] = left


def main():
    program, store, objects, kills, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="darkroom-imports-")))
        settings = {}
        if store != "folder":
            sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
            from bucket import bucket

            settings = stack.enter_context(bucket(store))
        run = Imports(program, folder / "data", settings, seed)
        run.darkroom.start()
        try:
            run.objects.fill("job", objects)
            run.objects.fill("command", objects // 4)
            rounds = ROUNDS if objects >= 1000 else 2
            for number in range(rounds):
                run.objects.fill(f"part{number}", max(objects // 4 // rounds, 10))
            run.job(kills)
            run.killed_command(max(kills // 4, 2))
            run.measure(rounds)
            run.clean()
            run.check()
        finally:
            run.darkroom.kill()
        run.report.update(objects=len(run.objects.valid), invalid=len(run.objects.invalid))
        for name in ("lost", "twice", "misreported", "left"):
            run.report[name] = run.report[name][:50]
        print(json.dumps(run.report))


main()

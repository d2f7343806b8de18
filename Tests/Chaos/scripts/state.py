"""The content of a data folder and its object store: objects, incomplete objects, and rows that refer to objects."""

import contextlib
import datetime
import hashlib
import json
import pathlib
import sqlite3
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
ATTRIBUTES = "~attributes.json"


class FolderObjects:
    """The store of the standalone mode."""

    def __init__(self, data):
        self.objects, self.incoming = pathlib.Path(data) / "store/objects", pathlib.Path(data) / "store/incoming"

    def _files(self):
        return (str(path.relative_to(self.objects)) for path in self.objects.rglob("*") if path.is_file())

    def keys(self):
        return {path for path in self._files() if not path.endswith(ATTRIBUTES)}

    def half_made(self):
        """Incomplete objects: files that are being written, and attributes without bytes."""
        keys = self.keys()
        attributes = {path.removesuffix(ATTRIBUTES) for path in self._files() if path.endswith(ATTRIBUTES)}
        return [str(path) for path in self.incoming.iterdir()] + sorted(attributes - keys)

    def age_of_youngest_upload(self):
        """A folder has no multipart uploads."""
        return float("inf")

    def read(self, key):
        with contextlib.suppress(OSError):
            return (self.objects / key).read_bytes()
        return None


class BucketObjects:
    """A bucket, as boto3 sees it."""

    def __init__(self, settings):
        import bucket

        self.name = settings["DARKROOM_S3_BUCKET"]
        self.client = bucket.client(
            settings["DARKROOM_S3_ENDPOINT"], settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"]
        )

    def keys(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {each["Key"] for page in pages for each in page.get("Contents", [])}

    def uploads(self):
        """Incomplete multipart uploads. rclone cannot list them."""
        with contextlib.suppress(self.client.exceptions.ClientError):
            return self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])
        return []

    def half_made(self):
        return [each["Key"] for each in self.uploads()]

    def age_of_youngest_upload(self):
        """In seconds, by the store's clock, which is this machine's."""
        now = datetime.datetime.now(datetime.timezone.utc)
        return min(((now - each["Initiated"]).total_seconds() for each in self.uploads()), default=float("inf"))

    def read(self, key):
        with contextlib.suppress(self.client.exceptions.ClientError):
            return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return None


class Rows:
    """The rows of a data folder's chat store at one point in time."""

    def __init__(self, data):
        with contextlib.closing(sqlite3.connect(f"file:{data}/chat.sqlite?mode=ro", uri=True, timeout=30)) as database:
            self.messages = {
                (dialect, id): json.loads(media or "[]")
                for dialect, id, media in database.execute(
                    "SELECT dialect, id, media FROM messages WHERE deleted_at IS NULL"
                )
            }
            self.media = {id: json.loads(record) for id, record in database.execute("SELECT id, record FROM media_items")}
            self.held = {key for (key,) in database.execute("SELECT DISTINCT object FROM object_owners")}
            self.reserved = [key for (key,) in database.execute("SELECT object FROM pending_objects")]
            self.doomed = [key for (key,) in database.execute("SELECT object FROM pending_deletions")]
            tables = [
                name for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                )
            ]
            # Objects that were deleted and will be deleted again, because a late write may have created them again.
            self.rechecked = set()
            if "deletion_rechecks" in tables:
                self.rechecked = {key for (key,) in database.execute("SELECT object FROM deletion_rechecks")}
            self.counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}

    def records(self, found):
        """The media records of an acknowledged upload; `None` if there is no such row."""
        if found.is_message:
            return self.messages.get((found.dialect, found.id))
        record = self.media.get(found.id)
        return record and [record]

    def all_records(self):
        for name, records in self.messages.items():
            for record in records:
                yield "/".join(name), record
        for id, record in self.media.items():
            yield f"media/{id}", record


def waiting(data, except_for):
    """Descriptions of the outbox's events for users other than these."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/chat.sqlite?mode=ro", uri=True, timeout=30)) as database:
        rows = database.execute("SELECT dialect, recipient, event, attempts FROM outbox").fetchall()
    return [f"{dialect} {event} to {to}, {attempts} attempts" for dialect, to, event, attempts in rows if to not in except_for]


def faults(record, objects, sha256=None):
    """Descriptions of the faults in the objects that a record names."""
    content = objects.read(record["key"])
    if content is None:
        yield f"{record['key']} is not there"
    elif len(content) != record["fileSize"]:
        yield f"{record['key']} has {len(content)} bytes instead of {record['fileSize']}"
    elif (expected := sha256 or record.get("sha256")) and hashlib.sha256(content).hexdigest() != expected:
        yield f"{record['key']} has other bytes"
    if thumbnail := record.get("thumbnailKey"):
        picture = objects.read(thumbnail)
        if picture is None:
            yield f"{thumbnail} is not there"
        elif not (picture.startswith(b"\xff\xd8") and picture.endswith(b"\xff\xd9")):
            yield f"{thumbnail} is no whole JPEG"


def losses(acknowledged, rows, objects):
    """Descriptions of acknowledged data that is missing."""
    for found in acknowledged:
        name = f"{found.dialect} {found.file.kind} {found.id}"
        records = rows.records(found)
        if not records:
            yield f"{name}: no row"
            continue
        for record in records:
            yield from (f"{name}: {fault}" for fault in faults(record, objects, found.file.sha256))
            if found.file.has_thumbnail and not record.get("thumbnailKey"):
                yield f"{name}: no thumbnail ({record.get('thumbnailAbsence')})"

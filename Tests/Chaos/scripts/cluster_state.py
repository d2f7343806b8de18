"""The content of a cluster's stores: objects in the bucket, and the documents in MongoDB that refer to them."""

import collections
import hashlib

import bson
import pymongo

import state


class Documents:
    """The documents of a chat store in MongoDB at one point in time."""

    def __init__(self, uri, name):
        client = pymongo.MongoClient(uri, serverSelectionTimeoutMS=60_000)
        own = client[name]
        self.client, self.name = client, name
        self.references = {each["owner"]: each["objects"] for each in own.darkroom_references.find()}
        objects = list(own.darkroom_objects.find())
        reserved = [each for each in objects if "reservation" in each]
        # A client may still write these by a URL.
        self.open_uploads = {each["_id"] for each in reserved if each["reservation"].get("lifetime") is not None}
        self.reserved = [each["_id"] for each in reserved if each["_id"] not in self.open_uploads]
        self.marked = [each["_id"] for each in objects if "deletion" in each]
        self.rechecked = {each["_id"] for each in objects if "recheck" in each}
        self.held = {key for keys in self.references.values() for key in keys}
        self.outbox = list(own.darkroom_outbox.find())
        self.dead_letters = own.darkroom_dead_letters.count_documents({})

    def messages(self, dialect):
        """The chat system's own documents of its messages."""
        return self.client[f"{self.name}-{dialect}"].messages

    def message(self, dialect, id):
        """The chat system's own document of a message."""
        ids = [id] + ([bson.ObjectId(id)] if bson.ObjectId.is_valid(id) else [])
        return self.messages(dialect).find_one({"_id": {"$in": ids}})

    def order(self, dialect):
        """For each message of a chat system its conversation, and its place in the order in which they were saved."""
        found = self.messages(dialect).find({}, {"darkroom.order": 1, "sender": 1})
        # A user's messages to one receiver are a conversation in the one chat system where all senders have their own.
        return {
            str(each["_id"]): (each.get("sender") if dialect == "bananatalk" else dialect, each["darkroom"]["order"])
            for each in found
        }


def owner(found):
    """What an acknowledged upload is called where it refers to objects."""
    return f"message:{found.dialect}:{found.id}" if found.is_message else f"media:{found.id}"


def losses(acknowledged, documents, objects):
    """Descriptions of acknowledged data that is missing."""
    for found in acknowledged:
        name = f"{found.dialect} {found.file.kind} {found.id}"
        if found.is_message and documents.message(found.dialect, found.id) is None:
            yield f"{name}: no message"
        keys = documents.references.get(owner(found))
        if not keys:
            yield f"{name}: refers to nothing"
            continue
        contents = {key: objects.read(key) for key in keys}
        yield from (f"{name}: {key} is not there" for key, content in contents.items() if content is None)
        present = [content for content in contents.values() if content is not None]
        if not any(hashlib.sha256(content).hexdigest() == found.file.sha256 for content in present):
            yield f"{name}: no object has its bytes"
        pictures = [each for each in present if each.startswith(b"\xff\xd8") and each.endswith(b"\xff\xd9")]
        if found.file.has_thumbnail and not pictures:
            yield f"{name}: no thumbnail"


def left(documents, objects):
    """Descriptions of what is stored and shown by nothing."""
    return (
        [f"half-made: {key}" for key in objects.half_made()]
        + [f"nothing refers to it: {key}" for key in sorted(objects.keys() - documents.held - documents.rechecked - documents.open_uploads)]
        + [f"reserved: {key}" for key in documents.reserved] + [f"to be deleted: {key}" for key in documents.marked]
    )


DIALECTS = ("bananatalk", "imagekit", "intok", "signalr", "rooms")


def differing(documents):
    """Messages and media that refer to other objects than those that their records name: a job has changed only one of the two."""
    shown = {
        f"message:{dialect}:{each['_id']}": each.get("darkroom", {}).get("attachments", [])
        for dialect in DIALECTS for each in documents.messages(dialect).find({}, {"darkroom.attachments": 1})
    }
    own = documents.client[documents.name]
    shown |= {f"media:{each['_id']}": [each["record"]] for each in own.darkroom_media.find()}
    for name, records in shown.items():
        named = {record[field] for record in records for field in ("key", "thumbnailKey") if record.get(field)}
        if named != set(documents.references.get(name, [])):
            yield f"{name}: names {sorted(named)}, refers to {sorted(documents.references.get(name, []))}"


def saved(documents, dialect):
    """How many messages of a chat system there are that were not deleted."""
    return documents.messages(dialect).count_documents({"isDeleted": {"$ne": True}})


def bananatalk_unread(documents, user):
    """The number of a user's unread messages, by the documents of all conversations."""
    conversations = documents.client[f"{documents.name}-bananatalk"].conversations.find({}, {"unreadCount": 1})
    return sum(each["count"] for found in conversations for each in found["unreadCount"] if each["user"] == user)


def item_states(documents):
    """The items of all jobs: how many there are in each state, and those that have failed."""
    items = list(documents.client[documents.name].darkroom_job_items.find())
    failed = [f"{each['object']}: {each.get('reason')}" for each in items if each["state"] == "failed"]
    return {"items": collections.Counter(each["state"] for each in items), "failedItems": failed}


BucketObjects = state.BucketObjects

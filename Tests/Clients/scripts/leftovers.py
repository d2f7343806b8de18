"""What is in a data folder: files under store/ (objects and those that are being written), rows by table. One line of JSON.

usage: leftovers.py DATA [TABLE...]    (tables of KEPT that are counted as well)
"""

import json
import os
import pathlib
import sqlite3
import sys

# Every table of the database is counted but these, which rightly keep rows when an upload, a message or a call has failed or
# what it made was deleted.
KEPT = {
    "migrations": "the steps by which the database was made",
    "sqlite_sequence": "SQLite's own, for numbers that are not used again",
    "starts": "each start of the service has a number",
    "users": "a valid token that names its user introduces them, whatever comes of the call",
    "user_search": "by which texts users are found, made of their records",
    "message_counts": "how many messages conversations have, deleted ones that are shown as such among them",
    "last_seen": "when a user was connected is known after the connection",
    "claimed_tokens": "a one-time token stays used until it would have expired",
    "deletion_rechecks": "a deleted key of a bucket is deleted again later: a write may still arrive",
    "idempotent_requests": "the answer of a request with a key is kept for a day",
    "idempotent_things": "what such a request has made is known as long",
    "resumable_uploads": "what a resumable upload has become is known until it would have expired",
    "watched_uploads": "the key of a presigned upload is watched until its URL can write nothing more",
}

# The same in MongoDB, where the database is that of test-store.json.
KEPT_DOCUMENTS = {"clock", "starts", "locks", "leases", "users", "last_seen", "tokens", "watched_uploads", "search",
                  "resumable_uploads", "idempotent_requests"}

# What SQLite's tables are called that have other names in MongoDB.
TABLES = {"media": "media_items", "chats": "conversations", "chatrooms": "conversations"}


def documents(data):
    """How many documents each collection of the service's databases has, by the names of SQLite's tables: objects by what is
    known of them."""
    import pymongo

    settings = json.loads((data / "test-store.json").read_text())
    client = pymongo.MongoClient(settings["DARKROOM_MONGODB_URL"])
    own, counts = settings["DARKROOM_MONGODB_DATABASE"], {}
    for database in client.list_database_names():
        if database != own and not database.startswith(own + "-"):
            continue
        for name in client[database].list_collection_names():
            short = name.removeprefix("darkroom_")
            if short in KEPT_DOCUMENTS:
                continue
            collection = client[database][name]
            if name == "darkroom_objects":
                # A key that was deleted is deleted again later: such an object counts as nothing.
                counts["pending_objects"] = collection.count_documents({"reservation": {"$exists": True}})
                counts["pending_deletions"] = collection.count_documents({"deletion": {"$exists": True}})
            elif name == "darkroom_references":
                counts["object_owners"] = sum(len(reference["objects"]) for reference in collection.find())
            else:
                table = TABLES.get(short, short)
                counts[table] = counts.get(table, 0) + collection.count_documents({})
    return counts


data = pathlib.Path(sys.argv[1])
counted_as_well = set(sys.argv[2:])
if unknown := counted_as_well - KEPT.keys():
    sys.exit(f"counted anyhow: {', '.join(sorted(unknown))}")
# A folder may be removed while it is read.
found = {"files": sum(len(files) for _, _, files in os.walk(data / "store"))}
if (data / "test-store.json").exists():
    print(json.dumps({**found, **documents(data)}))
    sys.exit()
with sqlite3.connect(f"file:{data}/chat.sqlite?mode=ro", uri=True) as database:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    # Otherwise a renamed table would be counted, or left out, without notice.
    if gone := KEPT.keys() - tables:
        sys.exit(f"listed as kept, but no table: {', '.join(sorted(gone))}")
    for table in sorted(tables - (KEPT.keys() - counted_as_well)):
        found[table] = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
print(json.dumps(found))

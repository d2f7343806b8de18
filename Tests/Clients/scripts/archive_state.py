"""What a data folder's jobs and records say, and what its folder of objects holds. One line of JSON.

usage: archive_state.py DATA
"""

import collections
import json
import pathlib
import sqlite3
import sys


def of_mongodb(settings):
    """The same in MongoDB, where the database is that of test-store.json."""
    import pymongo

    client = pymongo.MongoClient(settings["DARKROOM_MONGODB_URL"])
    name = settings["DARKROOM_MONGODB_DATABASE"]
    own = client[name]
    records = [
        record for message in client[name + "-bananatalk"].messages.find() for record in message["darkroom"].get("attachments", [])
    ] + [medium["record"] for medium in own.darkroom_media.find()]
    thumbnails = {record["key"]: record.get("thumbnailKey") for record in records}
    last = own.darkroom_jobs.find_one(sort=[("number", -1)])
    items = list(own.darkroom_job_items.find({"job": last["_id"]})) if last else []
    count = lambda field: own.darkroom_objects.count_documents({field: {"$exists": True}})
    return {
        "items": dict(collections.Counter(item["state"] for item in items)),
        "attempts": sum(item["attempts"] for item in items),
        "done": {item["object"]: thumbnails.get(item["object"]) for item in items if item["state"] == "done"},
        "jobs": own.darkroom_jobs.count_documents({}), "pending": count("reservation"), "pendingDeletions": count("deletion"),
        "shown": sorted(filter(None, thumbnails.values())),
    }


def state(data):
    """Of the last job: items by state, attempts in all, thumbnails of what is done by the original's key."""
    settings = pathlib.Path(data) / "test-store.json"
    if settings.exists():
        return of_mongodb(json.loads(settings.read_text()))
    with sqlite3.connect(f"file:{data}/chat.sqlite?mode=ro", uri=True) as database:
        query = lambda text: database.execute(text).fetchall()
        if not query("SELECT 1 FROM sqlite_master WHERE name = 'reprocess_items'"):
            return {"items": {}, "attempts": 0, "done": {}}
        thumbnails = {}
        for (media,) in query("SELECT media FROM messages WHERE media IS NOT NULL"):
            for record in json.loads(media):
                thumbnails[record["key"]] = record.get("thumbnailKey")
        for (text,) in query("SELECT record FROM media_items"):
            record = json.loads(text)
            thumbnails[record["key"]] = record.get("thumbnailKey")
        items = query("SELECT object, state, attempts FROM reprocess_items WHERE job = (SELECT max(number) FROM reprocess_jobs)")
        count = lambda table: query(f"SELECT count(*) FROM {table}")[0][0]
        return {
            "items": dict(collections.Counter(state for _, state, _ in items)),
            "attempts": sum(attempts for _, _, attempts in items),
            "done": {key: thumbnails.get(key) for key, state, _ in items if state == "done"},
            "jobs": count("reprocess_jobs"), "pending": count("pending_objects"), "pendingDeletions": count("pending_deletions"),
            "shown": sorted(filter(None, thumbnails.values())),
        }


if __name__ == "__main__":
    found = state(sys.argv[1])
    objects = pathlib.Path(sys.argv[1]) / "store/objects"
    found["stored"] = sorted(str(path.relative_to(objects)) for path in objects.rglob("*.jpg"))
    print(json.dumps(found))

"""What a data folder's jobs and records say, and what its folder of objects holds. One line of JSON.

usage: archive_state.py DATA
"""

import collections
import json
import pathlib
import sqlite3
import sys


def state(data):
    """Of the last job: items by state, attempts in all, thumbnails of what is done by the original's key."""
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

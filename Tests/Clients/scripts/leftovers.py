"""What lies in a data folder: files under store/ (objects and half-made ones), rows by table. One line of JSON.

usage: leftovers.py DATA [TABLE...]    (further tables)
"""

import json
import pathlib
import sqlite3
import sys

data = pathlib.Path(sys.argv[1])
found = {"files": sum(path.is_file() for path in (data / "store").rglob("*"))}
with sqlite3.connect(f"file:{data}/chat.sqlite?mode=ro", uri=True) as database:
    for table in ("messages", "media_items", "object_owners", "pending_objects", "pending_deletions", "outbox", "daily_counts", *sys.argv[2:]):
        found[table] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
print(json.dumps(found))

"""Makes all files of users older, as their lists have them.

usage: age_files.py DATA SECONDS
"""

import json
import pathlib
import sqlite3
import sys

data, milliseconds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) * 1000
if (data / "test-store.json").exists():
    import pymongo

    settings = json.loads((data / "test-store.json").read_text())
    files = pymongo.MongoClient(settings["DARKROOM_MONGODB_URL"])[settings["DARKROOM_MONGODB_DATABASE"]].darkroom_user_files
    files.update_many({}, [{"$set": {"createdAt": {"$subtract": ["$createdAt", milliseconds]}}}])
else:
    with sqlite3.connect(data / "chat.sqlite", timeout=30) as database:
        database.execute("UPDATE user_files SET created_at = created_at - ?", [milliseconds])

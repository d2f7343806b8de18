"""Makes all resumable uploads of a chat store older.

usage: age_resumable.py DATA SECONDS
"""

import sqlite3
import sys

with sqlite3.connect(f"{sys.argv[1]}/chat.sqlite", timeout=30) as database:
    milliseconds = int(sys.argv[2]) * 1000
    changed = database.execute(
        "UPDATE resumable_uploads SET created_at = created_at - ?1, expires = expires - ?1", [milliseconds])
    print(changed.rowcount)

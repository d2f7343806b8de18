"""Makes all messages of a chat store older.

usage: age_messages.py DATA SECONDS
"""

import sqlite3
import sys

with sqlite3.connect(f"{sys.argv[1]}/chat.sqlite", timeout=30) as database:
    database.execute("UPDATE messages SET created_at = created_at - ?", [int(sys.argv[2]) * 1000])

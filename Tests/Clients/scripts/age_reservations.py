"""Dates everything that is reserved in a chat store back by two days.

usage: age_reservations.py DATA
"""

import sqlite3
import sys

with sqlite3.connect(f"{sys.argv[1]}/chat.sqlite", timeout=30) as database:
    database.execute("UPDATE object_intents SET created_at = created_at - 172800000")
    columns = [row[1] for row in database.execute("PRAGMA table_info(object_intents)")]
    if "keep_until" in columns:
        database.execute("UPDATE object_intents SET keep_until = 0")

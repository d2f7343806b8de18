"""Ends the time for which everything that is reserved in a chat store is kept, and where clients may write is watched.

usage: age_reservations.py DATA
"""

import sqlite3
import sys

with sqlite3.connect(f"{sys.argv[1]}/chat.sqlite", timeout=30) as database:
    database.execute("UPDATE pending_objects SET keep_until = 0")
    # A start that adopts them counts from its own uptime.
    database.execute("UPDATE watched_uploads SET lifetime = 0")

"""Ends the time for which everything that is reserved in a chat store is kept.

usage: age_reservations.py DATA
"""

import sqlite3
import sys

with sqlite3.connect(f"{sys.argv[1]}/chat.sqlite", timeout=30) as database:
    database.execute("UPDATE object_intents SET keep_until = 0")

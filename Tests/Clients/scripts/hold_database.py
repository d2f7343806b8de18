"""Holds a SQLite database as another program would that is in the middle of something.

usage: hold_database.py PATH

Prints "held" when nobody else can write to it any more, and lets go when its input ends or a line comes.
"""

import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("BEGIN EXCLUSIVE")
print('{"held": true}', flush=True)
sys.stdin.readline()
database.execute("ROLLBACK")
database.close()
print('{"held": false}', flush=True)

"""Which rows of a database of release 0.3.0 today's database does not have: one line of JSON, {table: [row...]}.

usage: former_rows.py BEFORE AFTER
"""

import json
import sqlite3
import sys

# Tables and columns have other names since.
TABLES = {
    "doomed_objects": "pending_deletions", "object_intents": "pending_objects", "object_holders": "object_owners",
    "upload_tickets": "presigned_uploads", "owned_media": "media_items",
}
COLUMNS = {"object_holders": {"holder": "owner"}}
# Rows that a service acts on as soon as it starts: the tests look at what becomes of them. (A start that ended is forgotten
# once its rows are adopted.) Of the others, the columns that it changes by starting.
ACTED_ON = {"doomed_objects", "outbox", "reprocess_items", "sqlite_sequence", "starts"}
CHANGED = {
    "object_intents": {"start", "since", "keep_until", "unused_after"}, "claimed_tokens": {"start", "keep_until"},
    "owned_media": {"start", "since", "waits", "record"}, "messages": {"media"},
    "reprocess_jobs": {"state", "cursor", "is_filled", "runner", "held_until", "ended_at", "runner_start", "beat"},
    "watched_uploads": {"start", "until", "lifetime"},
}

before, after = (sqlite3.connect(f"file:{path}?mode=ro", uri=True) for path in sys.argv[1:3])
lost = {}
for (table,) in before.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    if table in ACTED_ON:
        continue
    columns = [name for _, name, *_ in before.execute(f'PRAGMA table_info("{table}")')]
    columns = [name for name in columns if name not in CHANGED.get(table, ())]
    renamed = [COLUMNS.get(table, {}).get(name, name) for name in columns]
    old = before.execute(f'SELECT {", ".join(columns)} FROM "{table}"').fetchall()
    new = set(after.execute(f'SELECT {", ".join(renamed)} FROM "{TABLES.get(table, table)}"').fetchall())
    if missing := [row for row in old if row not in new]:
        lost[table] = missing
print(json.dumps(lost))

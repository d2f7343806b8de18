"""Writes a dead letter to a chat store: the event that a message of bananatalk was sent.

usage: dead_letter.py DATA MESSAGE SENDER RECEIVER
"""

import json
import sqlite3
import sys
import time

data, message, sender, receiver = sys.argv[1:]
payload = json.dumps({"unreadCount": 1, "senderId": sender})
now = int(time.time() * 1000)
with sqlite3.connect(f"{data}/chat.sqlite", timeout=30) as database:
    database.execute(
        "INSERT INTO dead_letters (number, dialect, recipient, audience, event, message, payload, joined, attempts, created_at,"
        " failed_at, reason) VALUES (1000000, 'bananatalk', ?, 'user', 'newMessage', ?, ?, '', 12, ?, ?, 'it was rejected')",
        (receiver, message, payload, now - 90_000_000, now),
    )

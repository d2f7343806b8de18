"""Makes the webhooks that wait older than a day, and due.

usage: age_webhooks.py DATA
"""

import datetime
import json
import pathlib
import sqlite3
import sys

data = pathlib.Path(sys.argv[1])
if (data / "test-store.json").exists():
    import pymongo

    settings = json.loads((data / "test-store.json").read_text())
    store = pymongo.MongoClient(settings["DARKROOM_MONGODB_URL"])[settings["DARKROOM_MONGODB_DATABASE"]]
    queued = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)
    store["darkroom_webhook_deliveries"].update_many({}, {"$set": {"queuedAt": queued, "notBefore": 0}})
else:
    with sqlite3.connect(data / "chat.sqlite", timeout=60) as database:
        database.execute("UPDATE webhook_deliveries SET queued_at = queued_at - 172800000, not_before = 0")

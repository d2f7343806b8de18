"""Waits until a migration has copied some messages, and prints how many.

usage: await_copies.py URI DATABASE.COLLECTION COUNT
"""

import sys
import time

import pymongo

uri, (database, _, name), count = sys.argv[1], sys.argv[2].partition("."), int(sys.argv[3])
collection = pymongo.MongoClient(uri)[database][name]
end = time.monotonic() + 300
while (found := collection.count_documents({})) < count:
    if time.monotonic() > end:
        sys.exit(f"only {found} messages after five minutes")
    time.sleep(0.01)
print(found)

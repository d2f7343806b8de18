"""What the chat store in MongoDB says of the last job and of objects: one line of JSON.

usage: job_items.py URI DATABASE
"""

import collections
import json
import sys

import pymongo

database = pymongo.MongoClient(sys.argv[1])[sys.argv[2]]
job = database.darkroom_jobs.find_one(sort=[("number", -1)])
items = list(database.darkroom_job_items.find({"job": job["_id"]}))
references = [set(document["objects"]) for document in database.darkroom_references.find()]
print(json.dumps({
    "items": dict(collections.Counter(item["state"] for item in items)),
    "attempts": sum(item["attempts"] for item in items),
    "held": sum("holder" in item for item in items),
    "referenced": len(set().union(*references)),
    "references": sum(map(len, references)),
    "unsettled": database.darkroom_objects.count_documents(
        {"$or": [{"reservation": {"$exists": True}}, {"deletion": {"$exists": True}}]}),
}))

"""What a chat server does with its own MongoDB, for the tests: each line of standard input is a command in MongoDB's extended
JSON, and is answered by one.

    documents.py URI

    {"validate": "database.collection", "schema": {…}}   makes the collection accept only documents of that $jsonSchema
    {"insert": "database.collection", "documents": […]}
    {"find": "database.collection", "filter": {…}}
    {"update": "database.collection", "filter": {…}, "with": {…}}
    {"delete": "database.collection", "filter": {…}}
"""

import sys

import pymongo
from bson import json_util

client = pymongo.MongoClient(sys.argv[1], tz_aware=True)


def collection(name):
    database, _, rest = name.partition(".")
    return client[database][rest]


def perform(command):
    if "validate" in command:
        database, _, name = command["validate"].partition(".")
        # The store has made the collection, with its indexes.
        client[database].command(
            "collMod", name, validator={"$jsonSchema": command["schema"]}, validationLevel="strict",
            validationAction="error")
        return {}
    if "insert" in command:
        collection(command["insert"]).insert_many(command["documents"])
        return {}
    if "update" in command:
        collection(command["update"]).update_many(command["filter"], command["with"])
        return {}
    if "delete" in command:
        collection(command["delete"]).delete_many(command["filter"])
        return {}
    return {"documents": list(collection(command["find"]).find(command["filter"]).sort("_id", 1))}


for line in sys.stdin:
    try:
        answer = perform(json_util.loads(line))
    except pymongo.errors.PyMongoError as error:
        answer = {"error": str(error)}
    print(json_util.dumps(answer, json_options=json_util.RELAXED_JSON_OPTIONS), flush=True)

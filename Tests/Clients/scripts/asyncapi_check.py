"""Validates the descriptions of events that a running service serves.

usage: asyncapi_check.py BASE API...

An API is `native` or the name of a chat system. Prints the names of the messages of each, as JSON; fails where a document is no
AsyncAPI 3.0, where a schema in it is none of draft 7, or where a reference leads nowhere.
"""

import json
import sys
import warnings

import jsonschema
import requests

with warnings.catch_warnings():
    # Of the library's own models.
    warnings.simplefilter("ignore")
    from asyncapi3.models.asyncapi import AsyncAPI3


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def resolve(document, reference):
    value = document
    for name in reference.removeprefix("#/").split("/"):
        value = value[name.replace("~1", "/").replace("~0", "~")]
    return value


base, apis = sys.argv[1], sys.argv[2:]
found = {}
for api in apis:
    response = requests.get(base + ("" if api == "native" else f"/{api}") + "/asyncapi.json", timeout=60)
    response.raise_for_status()
    document = response.json()
    AsyncAPI3.model_validate(document)
    for reference in references(document):
        resolve(document, reference)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft7Validator.check_schema(schema)
    messages = document["components"]["messages"].values()
    for message in messages:
        jsonschema.Draft7Validator.check_schema(message["payload"])
    found[api] = [message["name"] for message in messages]
print(json.dumps(found))

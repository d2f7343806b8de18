"""What the description of an API's events says of an event that a client has received.

The description is that of `darkroom asyncapi`, of the program under test.
"""

import functools
import json
import os
import pathlib
import subprocess

import jsonschema

ROOT = pathlib.Path(__file__).parents[3]


def program():
    return os.environ.get("DARKROOM_TEST_PROGRAM") or str(ROOT / ".build" / "debug" / "darkroom")


@functools.cache
def document(api):
    """The description of an API: `native`, or the name of a chat system."""
    return json.loads(subprocess.check_output([program(), "asyncapi", api]))


@functools.cache
def validator(api, message):
    described = document(api)
    schema = {"allOf": [{"$ref": f"#/components/messages/{message}/payload"}], "components": described["components"]}
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def undescribed(api, event, payload, *, key="service"):
    """What of an event is not as described; `None` where it is as described."""
    message = f"{key}-{event.replace(':', '-').replace('.', '-')}"
    if message not in document(api)["components"]["messages"]:
        return f"{api}: {event} is not described"
    error = jsonschema.exceptions.best_match(validator(api, message).iter_errors(payload))
    return error and f"{api}: {event}: {error.json_path}: {error.message} ({payload!r})"

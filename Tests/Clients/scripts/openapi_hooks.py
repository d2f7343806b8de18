"""What schemathesis checks of an API beside what it does by itself, and what it must not send. Loaded by `openapi_check.py`."""

import json
import os
import re

import jsonschema
import schemathesis

from described_answers import closed

DOCUMENT = json.load(open(os.environ["OPENAPI_DOCUMENT"]))
LACKS_405 = DOCUMENT["info"]["title"].endswith((": bananatalk", ": imagekit"))
COMPONENTS = {"schemas": {name: closed(schema) for name, schema in DOCUMENT["components"]["schemas"].items()}}


def described(case, response):
    """What the description says of a response; `None` for a status that it does not have."""
    operation = DOCUMENT["paths"].get(case.operation.path, {}).get(case.operation.method.lower(), {})
    return operation.get("responses", {}).get(str(response.status_code))


@schemathesis.check
def undescribed_members(ctx, response, case):
    """A response has no members that its description does not have."""
    answer = described(case, response)
    content = (answer or {}).get("content", {}).get(response.headers.get("content-type", [""])[0].split(";")[0])
    if not content or not response.content or "json" not in response.headers["content-type"][0]:
        return
    schema = closed(content["schema"])
    schema["components"] = COMPONENTS
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(response.json())


@schemathesis.check
def error_codes(ctx, response, case):
    """An error has a code that its description lists for its status."""
    answer = described(case, response)
    codes = (answer or {}).get("x-error-codes")
    if not codes or not response.content or "problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    code = response.json()["code"]
    assert code in codes, f"{code} is not described: {codes}"


@schemathesis.hook
def filter_case(context, case):
    # A method that HTTP does not know is 501, as RFC 9110 has it.
    if case.method == "QUERY":
        return False
    if case.method.lower() in DOCUMENT["paths"].get(case.operation.path, {}):
        return True
    # Two references have no 405: a method that a path does not have is 404.
    return not LACKS_405 and not is_also_another(case.operation.path)


def is_also_another(path):
    """Whether a path fits another one with parameters, too, whose methods it has then."""
    others = (re.sub(r"{[^}]+}", "[^/]+", other) for other in DOCUMENT["paths"] if other != path)
    return any(re.fullmatch(other, path) for other in others)


@schemathesis.hook
def before_call(context, case, kwargs):
    # Nothing is sent to the hosts of URLs that were made up.
    if isinstance(case.body, dict) and str(case.body.get("url", "")).startswith("http"):
        case.body["url"] = "http://127.0.0.1:9/made-up"


@schemathesis.serializer("application/offset+octet-stream", "application/partial-upload")
def offset_bytes(ctx, value):
    return value

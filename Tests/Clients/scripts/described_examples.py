"""Keeps what clients and the service really said to each other, for the examples of the descriptions (`scripts/openapi-examples`).

Nothing is kept unless `DARKROOM_TEST_EXAMPLES` names a folder. Each process appends lines to a file of its own there: the API, the
operation, the status, and the bodies that are as described.
"""

import email.parser
import email.policy
import json
import os
import pathlib
import urllib.parse

FOLDER = os.environ.get("DARKROOM_TEST_EXAMPLES")
# Bodies of more bytes are no examples that anybody reads.
LONGEST_ANSWER, LONGEST_REQUEST = 20_000, 32 << 20


def typed(schema, text, resolved):
    """A form's text as the value that its field's schema asks for."""
    kinds = resolved(schema).get("type", "string")
    if "string" in kinds:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def form_fields(content_type, body):
    """The names and texts of a form with files; a file is named in place of its bytes."""
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        file = part.get_filename()
        yield name, f"(bytes of {file})" if file else part.get_payload(decode=True).decode()


def sent(known, operation, headers, body):
    """The media type and the value of a request's body, where it is as described."""
    if not isinstance(body, (bytes, str)) or len(body) > LONGEST_REQUEST:
        return None
    body = body.encode() if isinstance(body, str) else body
    whole_type = headers.get("content-type", "")
    media_type = whole_type.split(";")[0]
    content = operation.get("requestBody", {}).get("content", {}).get(media_type)
    if content is None or not body:
        return None

    def resolved(schema):
        name = schema.get("$ref", "").split("/")[-1]
        return known.document["components"]["schemas"][name] if name else schema

    if media_type == "application/json":
        value = json.loads(body)
    elif media_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        pairs = form_fields(whole_type, body) if "multipart" in media_type else urllib.parse.parse_qsl(body.decode())
        members, value = resolved(content["schema"]).get("properties", {}), {}
        for name, text in pairs:
            schema = resolved(members.get(name, {}))
            if schema.get("type") == "array":
                value.setdefault(name, []).append(typed(schema.get("items", {}), text, resolved))
            else:
                value[name] = typed(schema, text, resolved)
    else:
        return None
    return None if known.mismatch(content["schema"], value) else [media_type, value]


def received(answer, headers, body):
    media_type = headers.get("content-type", "").split(";")[0]
    if body is None or len(body) > LONGEST_ANSWER or media_type not in answer.get("content", {}) or "json" not in media_type:
        return None
    return [media_type, json.loads(body)]


def keep(known, template, operation, method, status, headers, body, request):
    """Keeps an answer that is as described, and what was sent for it: its header fields by lower-case name, and its body."""
    try:
        question = sent(known, operation, *request) if request and status < 300 else None
    except (ValueError, KeyError, LookupError):
        # Tests send much that is no body of any kind.
        question = None
    line = {
        "api": known.api, "operation": f"{method.upper()} {template}", "status": status, "request": question,
        "response": received(operation["responses"][str(status)], headers, body)}
    if line["request"] or line["response"]:
        path = pathlib.Path(FOLDER)
        path.mkdir(parents=True, exist_ok=True)
        with open(path / f"{os.getpid()}.jsonl", "a") as file:
            file.write(json.dumps(line) + "\n")

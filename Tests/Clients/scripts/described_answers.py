"""What the description of an API says of an answer that a client has received.

The descriptions are those of `darkroom openapi`, of the program under test. `watch()` has every answer that the requests library or
httpx receives from a service compared with them; what is not as described is in `problems`.
"""

import concurrent.futures
import functools
import json
import re
import subprocess
import urllib.parse

import jsonschema

import described_examples
from described_events import program

APIS = ["native", "bananatalk", "imagekit", "intok", "rooms", "signalr"]
# Pages for people, and endpoints of Socket.IO and WebSockets: described elsewhere, or not at all.
OUTSIDE = re.compile(r"/(console|openapi)(/.*)?$|(/(bananatalk|imagekit|rooms))?/socket\.io/?$|/intok/?$")
# The detail of the error where there is no route.
NOT_SERVED = b'"There is nothing here"'
problems = []


def closed(schema):
    """The schema without members that it does not name, wherever it has not said whether there may be others."""
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(inner) for key, inner in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    return schema


class Description:
    """The description of an API, ready to be compared with answers."""

    def __init__(self, api, document):
        self.api, self.document = api, document
        self.prefix = "" if api == "native" else "/" + api
        self.components = {"schemas": {
            name: closed(schema) for name, schema in document["components"]["schemas"].items()}}
        # Fixed segments before parameters, so that the first that fits is the route that the service takes.
        self.paths = sorted(
            ((self.pattern(path), path) for path in document["paths"]), key=lambda known: known[1].replace("{", "~"))

    @staticmethod
    def pattern(path):
        # The key of an object is several segments. What a route says of a parameter that is left out is an answer of the route, too.
        inner = "(.+)" if path == "/objects/{key}" else "([^/]*)"
        return re.compile(re.sub(r"\\{[^}]+\\}", inner, re.escape(path)))

    def operation(self, method, path):
        """The template of a path and what is said of the method; `None` for a path or a method that is not described."""
        method = method.lower()
        fitting = [known for pattern, known in self.paths if pattern.fullmatch(path)]
        for known in fitting:
            item = self.document["paths"][known]
            if method in item:
                return known, item[method]
            if method == "head" and "get" in item:
                return known, item["get"]
        return (fitting[0], None) if fitting else (None, None)

    @functools.cache
    def validator(self, schema):
        """What compares values with a schema, which is given as JSON."""
        schema = closed(json.loads(schema)) | {"components": self.components}
        return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    def mismatch(self, schema, value):
        return jsonschema.exceptions.best_match(self.validator(json.dumps(schema, sort_keys=True)).iter_errors(value))


@functools.cache
def descriptions():
    """Those of all APIs, by the path before their routes; the native one, which has none, last."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        printed = pool.map(lambda api: subprocess.check_output([program(), "openapi", api]), APIS)
        known = [Description(api, json.loads(text)) for api, text in zip(APIS, printed)]
    return known[1:] + known[:1]


def found(method, path):
    """The description, the template and the operation of a request, as often as it may be one of several chat systems."""
    for known in descriptions():
        if path.startswith(known.prefix + "/"):
            template, operation = known.operation(method, path[len(known.prefix):])
            if template:
                return [(known, template, operation)]
    # A chat system may be at the root, too; which one is not known here.
    at_root = [(known, *known.operation(method, path)) for known in descriptions()[:-1]]
    return [(known, template, operation) for known, template, operation in at_root if template and path != "/"]


def undescribed(method, url, status, headers, body, request=None):
    """What of an answer is not as described; `None` where it is as described, or is not a service's.

    `headers` are by lower-case name; the body is `None` where it was not read. `request` is what was sent: header fields and body.
    """
    path = urllib.parse.urlsplit(url).path
    if "x-request-id" not in headers or OUTSIDE.match(path):
        return None
    described = [each for each in found(method, path) if each[2] is not None]
    if not described:
        # CORS has no route, and what is not served is answered 404 or 405, or counted before that.
        is_served = status not in (404, 405, 429) and method != "OPTIONS"
        return f"{method} {path} -> {status}: no such route is described" if is_served else None
    if status == 404 and body and NOT_SERVED in body:
        # The service does not serve that chat system, or is a work node.
        return None
    problems = []
    for known, template, operation in described:
        problem = undescribed_by(known, operation, method, status, headers, body)
        if problem is None:
            if described_examples.FOLDER and len(described) == 1 and method != "HEAD":
                described_examples.keep(known, template, operation, method, status, headers, body, request)
            return None
        problems.append(f"{known.api}: {method} {template} -> {status}: {problem}")
    return problems[0]


def undescribed_by(known, operation, method, status, headers, body):
    answer = operation["responses"].get(str(status))
    if answer is None:
        return f"the status is not described ({body})"
    if problem := undescribed_fields(known, answer, headers):
        return problem
    if method == "POST" and headers.get("upload-complete") == "?1" and not answer.get("content"):
        # A whole file, which is answered as by the ordinary call: by the status alone that is not told from an upload that is begun.
        return None
    problem = body is not None and undescribed_body(known, answer, method, headers.get("content-type", ""), body)
    return f"{problem} ({body[:2000]})" if problem else None


def undescribed_fields(known, answer, headers):
    for name, field in answer.get("headers", {}).items():
        value = headers.get(name.lower())
        if value is None:
            return f"there is no {name}"
        if field["schema"].get("type") == "integer" and value.isdigit():
            value = int(value)
        if error := known.mismatch(field["schema"], value):
            return f"{name}: {error.message}"


def undescribed_body(known, answer, method, content_type, body):
    content, media_type = answer.get("content", {}), content_type.split(";")[0]
    if method == "HEAD" or not content:
        return "there is a body" if body else None
    if media_type not in content and "*/*" not in content:
        return f"{media_type or 'a body without a type'} is not described, but {', '.join(content)}"
    if "json" not in media_type:
        return None
    try:
        value = json.loads(body)
    except ValueError as error:
        return str(error)
    if error := known.mismatch(content[media_type]["schema"], value):
        return f"{error.json_path}: {error.message[:1000]}"
    codes = answer.get("x-error-codes")
    if codes and isinstance(value, dict) and "code" in value and value["code"] not in codes:
        return f"the code is not among {', '.join(codes)}"


def compare(method, url, status, headers, body, request=None):
    """Adds to `problems` what of an answer is not as described. The names of `headers` may have any case.

    `request` is what was sent, where that is known: its header fields and its body.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    if request:
        request = ({name.lower(): value for name, value in request[0].items()}, request[1])
    problem = undescribed(method, url, status, headers, body, request)
    if problem and problem not in problems:
        problems.append(problem)


def watch():
    """Has every answer compared that the requests library or httpx receives in this process."""
    import httpx
    import requests

    descriptions()
    send = requests.adapters.HTTPAdapter.send

    def send_and_compare(self, request, stream=False, **options):
        answer = send(self, request, stream=stream, **options)
        compare(
            request.method, request.url, answer.status_code, answer.headers, None if stream else answer.content,
            (request.headers, request.body))
        return answer

    requests.adapters.HTTPAdapter.send = send_and_compare
    send_by_httpx = httpx.Client.send

    def send_by_httpx_and_compare(self, request, *, stream=False, **options):
        answer = send_by_httpx(self, request, stream=stream, **options)
        # That of the last of several redirects.
        last = answer.request
        compare(last.method, str(last.url), answer.status_code, answer.headers, None if stream else answer.content)
        return answer

    httpx.Client.send = send_by_httpx_and_compare

"""Holds the examples of the descriptions against their schemas. Prints what is wrong, and nothing where nothing is.

What has no example, of requests and of answers that are no errors, must be what `without_examples.txt` lists, which
`scripts/openapi-examples` writes.
"""

import json
import pathlib

from described_answers import descriptions

SCRIPTS = pathlib.Path(__file__).parent
FILES = SCRIPTS.parents[2] / "Sources/DescriptionExamples/Examples"


def described_contents(known):
    """The API's operations with their bodies: name, status (`request` of a request's), media type and what is said of it."""
    for path, item in known.document["paths"].items():
        for method, operation in item.items():
            bodies = {"request": operation.get("requestBody", {})} | operation["responses"]
            for status, body in bodies.items():
                for media_type, content in body.get("content", {}).items():
                    yield f"{method.upper()} {path}", status, media_type, content


def without():
    """What has none, a line each: answers that are no errors, and requests, of the media types that can be shown as JSON."""
    lines = []
    for known in descriptions():
        for name, status, media_type, content in described_contents(known):
            is_shown = "json" in media_type or "form" in media_type
            if is_shown and (status == "request" or status < "300") and "examples" not in content:
                lines.append(f"{known.api} {name} {status} {media_type}")
    return sorted(lines)


def problems():
    for known in descriptions():
        served = 0
        for name, status, media_type, content in described_contents(known):
            for example in content.get("examples", {}).values():
                served += 1
                if error := known.mismatch(content["schema"], example["value"]):
                    yield f"{known.api}: {name} {status}: {error.json_path}: {error.message}"
        stored = json.loads((FILES / f"{known.api}.json").read_text())
        count = sum(
            len(parts.get("request", {})) + sum(len(types) for types in parts.get("responses", {}).values())
            for parts in stored.values())
        if served != count or count == 0:
            yield f"{known.api}: of {count} examples that are stored {served} are served"
    listed = (SCRIPTS / "without_examples.txt").read_text().splitlines()
    for line in sorted(set(without()) ^ set(listed)):
        yield f"{'has an example, or is not described' if line in listed else 'has no example'}: {line}"


if __name__ == "__main__":
    for problem in problems():
        print(problem)

"""Requests with an Idempotency-Key.

usage: keyed_requests.py at-once COUNT URL,URL... TOKEN KEY --json TEXT | --file NAME PATH
       keyed_requests.py until-killed BASE TOKEN RECEIVER STATE PID    sends texts of bananatalk, each with a key of its own, and kills the
                                                                        service while some are on their way
       keyed_requests.py again BASE TOKEN RECEIVER STATE           sends those of STATE again

The first prints {"statuses": {STATUS: COUNT}, "ids": [ID...], "replayed": COUNT}. The second appends {"key", "id"} to STATE, a line of JSON each, the ID
null where no answer came, and prints how many there are. The third prints {"requests", "ids": how many different, "changed": those with another ID
than before, "failed": [STATUS...]}.
"""

import collections
import json
import os
import pathlib
import random
import signal
import sys
import threading
import uuid

import requests

TIMEOUT = 120


def identifier(body):
    """The ID of what a response shows: of a medium, a message or a room."""
    if not isinstance(body, dict):
        return None
    for name in ("id", "_id"):
        if isinstance(body.get(name), str):
            return body[name]
    for name in ("data", "message", "chatRoom"):
        found = identifier(body.get(name))
        if found:
            return found
    return None


def at_once(count, urls, token, key, kind, *what):
    barrier = threading.Barrier(count)
    answers = []

    def send(number):
        headers = {"Authorization": "Bearer " + token, "Idempotency-Key": key}
        body = {}
        if kind == "--json":
            headers["Content-Type"] = "application/json"
            body["data"] = what[0].encode()
        else:
            path = pathlib.Path(what[1])
            body["files"] = {what[0]: (path.name, path.read_bytes())}
        barrier.wait()
        answers.append(requests.post(urls[number % len(urls)], headers=headers, timeout=TIMEOUT, **body))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = collections.Counter(str(answer.status_code) for answer in answers)
    ids = {identifier(answer.json()) for answer in answers if answer.ok}
    replayed = sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers)
    print(json.dumps({"statuses": statuses, "ids": sorted(map(str, ids)), "replayed": replayed}))


def text(base, token, receiver, key):
    return requests.post(
        base + "/bananatalk/api/v1/messages", json={"receiver": receiver, "message": "text of " + key}, timeout=TIMEOUT,
        headers={"Authorization": "Bearer " + token, "Idempotency-Key": key})


def until_killed(base, token, receiver, state, pid):
    lock = threading.Lock()
    written = []
    last = random.randint(3, 40)

    def send():
        while True:
            key = str(uuid.uuid4())
            answer = None
            try:
                answer = text(base, token, receiver, key)
            except requests.exceptions.RequestException:
                pass
            is_made = answer is not None and answer.status_code == 201
            with lock:
                written.append({"key": key, "id": identifier(answer.json()) if is_made else None})
                if len(written) == last:
                    os.kill(int(pid), signal.SIGKILL)
            if not is_made:
                return

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(state, "a") as file:
        file.writelines(json.dumps(line) + "\n" for line in written)
    print(json.dumps({"requests": len(written)}))


def again(base, token, receiver, state):
    lines = [json.loads(line) for line in open(state)]
    ids, changed, failed = set(), [], []
    for line in lines:
        answer = text(base, token, receiver, line["key"])
        if answer.status_code != 201:
            failed.append(answer.status_code)
            continue
        found = identifier(answer.json())
        ids.add(found)
        if line["id"] not in (None, found):
            changed.append(line["id"])
    print(json.dumps({"requests": len(lines), "ids": len(ids), "changed": changed, "failed": failed}))


mode, *arguments = sys.argv[1:]
if mode == "at-once":
    at_once(int(arguments[0]), arguments[1].split(","), *arguments[2:])
elif mode == "until-killed":
    until_killed(*arguments)
else:
    again(*arguments)

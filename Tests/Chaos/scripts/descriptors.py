"""Uses up a service's descriptors, and makes every kind of call while few are left: at last three, for the call's
connection, for the service's own work and for the runtime, which ends the process where it finds none.

usage: descriptors.py BASE TOKEN SERVICE_TOKEN PID VIDEO [MOST_FREE]

Prints {"free": descriptors left while more clients connect than there are descriptors, "kept": how many must be left then,
"answers": {CALL: {STATUS: how often}}, "bare": how many 503 came without Retry-After, "broken": how many calls got no answer,
"after": the statuses of all calls once the descriptors are back}.
"""

import collections
import contextlib
import json
import os
import resource
import socket
import sys
import time
import urllib.parse

import requests

base, token, service, pid, video = sys.argv[1:6]
most = int(sys.argv[6]) if len(sys.argv) > 6 else 5
pid = int(pid)
user = {"Authorization": "Bearer " + token, "Connection": "close"}
own = {"Authorization": "Bearer " + service, "Connection": "close"}
content = open(video, "rb").read()
# A body that is not read at once is spooled.
padded = content + (4 << 20).to_bytes(4, "big") + b"free" + bytes((4 << 20) - 8)


def send(**more):
    return requests.post(
        base + "/bananatalk/api/v1/messages/video", headers=user, data={"receiver": "bob"}, timeout=70, **more
    )


def media(name, kind, data):
    return requests.post(base + "/v1/media", headers=own, files={"file": (name, data, kind)}, timeout=70)


first = media("clip.mp4", "video/mp4", content).json()
message = send(files={"video": ("clip.mp4", content, "video/mp4")}).json()["data"]["_id"]
CALLS = {
    "object": lambda: requests.get(first["url"], headers={"Connection": "close"}, timeout=70),
    "video": lambda: send(files={"video": ("clip.mp4", content, "video/mp4")}),
    "padded": lambda: send(files={"video": ("clip.mp4", padded, "video/mp4")}),
    "document": lambda: media("a.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"),
    "text": lambda: requests.post(
        base + "/bananatalk/api/v1/messages", headers=user, json={"receiver": "bob", "message": "hi"}, timeout=70
    ),
    "message": lambda: requests.get(base + "/bananatalk/api/v1/messages/" + message, headers=user, timeout=70),
    "user": lambda: requests.put(base + "/v1/users/carol", headers=own, json={"name": "Carol"}, timeout=70),
    "reserve": lambda: requests.post(
        base + "/v1/uploads", headers=own, json={"contentType": "video/mp4", "size": 1000}, timeout=70
    ),
    "handshake": lambda: requests.get(
        base + "/bananatalk/socket.io/?EIO=4&transport=polling", headers={"Connection": "close"}, timeout=70
    ),
    "health": lambda: requests.get(base + "/healthz", headers={"Connection": "close"}, timeout=70),
}
expected = {name: call().status_code for name, call in CALLS.items()}
assert all(200 <= status < 300 for status in expected.values()), expected

limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)


def descriptors():
    return {int(name) for name in os.listdir(f"/proc/{pid}/fd")}


def crowd():
    """How many descriptors are left when more clients connect than there are descriptors, and how many must be left: half of the last sixteenth, except one for a connection that is being accepted and closed."""
    limit = len(descriptors()) + 100
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limits[1]))
    address = urllib.parse.urlsplit(base)
    clients = [socket.create_connection((address.hostname, address.port)) for _ in range(120)]
    try:
        for client in clients:
            with contextlib.suppress(OSError):
                client.sendall(b"GET / HTTP/1.1\r\n")
        # The last one receives an error or is closed, which happens after all connections before it were handled.
        clients[-1].settimeout(70)
        with contextlib.suppress(ConnectionResetError):
            answer = clients[-1].recv(1000)
            assert not answer or b" 503 " in answer
        return limit - len(descriptors()), limit // 16 // 2 - 1
    finally:
        for client in clients:
            client.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


free_beside_crowd, kept = crowd()


def leave(free):
    """Descriptors are numbers below the limit: those that are free below it are what is left."""
    used = descriptors()
    limit = 0
    while free > 0 or limit in used:
        if limit not in used:
            free -= 1
        limit += 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limits[1]))


answers = collections.defaultdict(collections.Counter)
bare = broken = 0
try:
    for free in range(most, 2, -1):
        for name, call in CALLS.items():
            leave(free)
            try:
                answer = call()
            except requests.RequestException:
                broken += 1
                continue
            answers[name][answer.status_code] += 1
            if answer.status_code == 503 and "Retry-After" not in answer.headers:
                bare += 1
finally:
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


def settled(call, status):
    """The response once the service has descriptors again, which it may notice a moment later."""
    for _ in range(40):
        try:
            if (found := call().status_code) == status:
                break
        except requests.RequestException:
            found = 0
        time.sleep(0.25)
    return found


after = {name: settled(call, expected[name]) for name, call in CALLS.items()}
print(json.dumps({"free": free_beside_crowd, "kept": kept, "answers": answers, "bare": bare, "broken": broken, "after": after}))

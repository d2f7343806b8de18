"""Downloads slowly, and beside that fast.

usage: slow_readers.py BASE SERVICE_TOKEN VIDEO COUNT [--terminate PID]

Stores VIDEO with 24 MB behind it, and opens COUNT connections that ask for it: half of them never read, the others read 100
bytes a second. Beside them one client fetches the thumbnail ten times and the video once. Prints {"small": the longest of
those, "large": …, "ended": how many of the slow were ended by the service, "last": when} in seconds.

With --terminate the service is told to end while they stall, beside a WebSocket that does not answer the close and an upload
that trickles; prints {"ended": how many connections ended}.
"""

import argparse
import json
import os
import resource
import select
import signal
import socket
import struct
import time
import urllib.parse
import urllib.request

import requests

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("token")
parser.add_argument("video")
parser.add_argument("count", type=int)
parser.add_argument("--terminate", type=int)
options = parser.parse_args()
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
address = urllib.parse.urlsplit(options.base)

padding = struct.pack(">I4s", 24 << 20, b"free") + bytes((24 << 20) - 8)
with open(options.video, "rb") as file:
    content = file.read() + padding
answer = requests.post(
    options.base + "/v1/media",
    headers={"Authorization": "Bearer " + options.token},
    files={"file": ("clip.mp4", content, "video/mp4")},
)
assert answer.status_code == 201, answer.text
large, small = answer.json()["url"], answer.json()["thumbnail"]


def connect(text, buffer=2048):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect((address.hostname, address.port))
    client.sendall(text.encode())
    return client


def ask(url):
    target = url[len(options.base) :]
    return connect(f"GET {target} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n")


slow = [ask(large) for _ in range(options.count)]
readers, begin, ends = slow[::2], time.monotonic(), {}

if options.terminate:
    body = "x" * 100
    slow.append(
        connect(
            f"POST /v1/media HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {options.token}\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n{body}"
        )
    )
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    slow.append(
        connect(
            f"GET /bananatalk/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address.netloc}\r\n{upgrade}"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    )
    slow.append(connect(f"GET /bananatalk/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n"))
    # The service has begun with all of them once it answers another.
    urllib.request.urlopen(options.base + "/healthz").read()
    os.kill(options.terminate, signal.SIGTERM)

else:
    times = []
    for _ in range(10):
        start = time.monotonic()
        urllib.request.urlopen(small, timeout=60).read()
        times.append(time.monotonic() - start)
    start = time.monotonic()
    size = len(urllib.request.urlopen(large, timeout=60).read())
    fast = time.monotonic() - start
    assert size == len(content), size

poller = select.epoll()
for number, client in enumerate(slow):
    client.setblocking(False)
    poller.register(client.fileno(), select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP)
names = {client.fileno(): client for client in slow}
while len(ends) < len(slow) and time.monotonic() - begin < 180:
    for descriptor, _ in poller.poll(1):
        ends[descriptor] = time.monotonic() - begin
        poller.unregister(descriptor)
    if not options.terminate:
        for client in readers:
            try:
                client.recv(100)
            except OSError:
                pass
if options.terminate:
    print(json.dumps({"ended": len(ends)}))
else:
    print(json.dumps({"small": max(times), "large": fast, "ended": len(ends), "last": max(ends.values(), default=0)}))

"""Downloads that are read slowly or not at all, and a client beside them that reads fast.

usage: slow_readers.py BASE SERVICE_TOKEN VIDEO COUNT [--terminate PID | --cold DATA]

Stores VIDEO with 24 MB behind it. One client fetches its thumbnail over and over, on one connection and on a new one each time,
while COUNT connections ask for the video at once: half of them never read, the others read 100 bytes a second. Then the video
is fetched once. Prints, in milliseconds,

{"kept": {"before": TIMES, "during": TIMES, "after": TIMES}, "new": the same for new connections,
 "answered": until all COUNT had the first byte of their answer, "large": the fetch of the video,
 "ended": how many of the COUNT the service ended, "last": when the last of them was}

where TIMES is {"count", "median", "p99", "longest"} of the thumbnail's fetches that ended before, during and after the time in
which the COUNT were answered. With --cold the video is taken out of the page cache of the data folder DATA first.

With --terminate the service is told to end while they stall, beside a WebSocket that does not answer the close and an upload
that trickles; prints {"ended": how many connections ended}.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
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
parser.add_argument("--cold", type=pathlib.Path)
options = parser.parse_args()
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
address = urllib.parse.urlsplit(options.base)
# Fetches of the thumbnail that are measured before the slow clients connect.
MEASURED = 300
# How long the service may take to disconnect the slow clients, in seconds.
PATIENCE = 180


def store():
    padding = struct.pack(">I4s", 24 << 20, b"free") + bytes((24 << 20) - 8)
    with open(options.video, "rb") as file:
        content = file.read() + padding
    answer = requests.post(
        options.base + "/v1/media",
        headers={"Authorization": "Bearer " + options.token},
        files={"file": ("clip.mp4", content, "video/mp4")},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["url"], answer.json()["thumbnail"], len(content)


def connect(request, buffer=None):
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect((address.hostname, address.port))
    client.sendall(request)
    return client


def get(url):
    return f"GET {url[len(options.base):]} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()


def receive(client):
    """Receives one response."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += client.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += client.recv(65536)
    assert head.startswith(b"HTTP/1.1 200 "), head


def fetch(url, is_new, pipe):
    """Fetches repeatedly until stopped; sends the start and the duration of each fetch."""
    request, kept, times = get(url), None, []
    while not pipe.poll():
        begin = time.monotonic()
        if is_new or kept is None:
            kept = connect(request)
        else:
            kept.sendall(request)
        receive(kept)
        times.append((begin, time.monotonic() - begin))
        if len(times) == MEASURED:
            pipe.send("measured")
        time.sleep(0.002)
    pipe.send(times)


class Fast:
    """A client in a separate process, so that the slow clients do not affect its measurements."""

    def __init__(self, url, is_new):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=fetch, args=(url, is_new, other), daemon=True)
        self.process.start()
        assert self.pipe.recv() == "measured"

    def times(self, begin, end):
        """Its measurements before `begin`, until `end`, and after that."""
        self.pipe.send("stop")
        found = self.pipe.recv()
        stretches = {"before": [], "during": [], "after": []}
        for began, took in found:
            stretch = "before" if began + took < begin else "during" if began <= end else "after"
            stretches[stretch].append(took)
        return {name: summary(sorted(each)) for name, each in stretches.items()}


def summary(times):
    def at(share):
        return round(1000 * times[min(int(share * len(times)), len(times) - 1)], 2) if times else 0

    return {"count": len(times), "median": at(0.5), "p99": at(0.99), "longest": at(1)}


def forget(folder):
    """Evicts the large files of a folder from the page cache."""
    for path in (folder / "store").rglob("*"):
        if path.is_file() and path.stat().st_size > 1 << 20:
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def await_answers(clients):
    """Waits until each client has the first byte of its response."""
    poller = select.epoll()
    waiting = {client.fileno() for client in clients}
    for descriptor in waiting:
        poller.register(descriptor, select.EPOLLIN)
    end = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        for descriptor, _ in poller.poll(1):
            poller.unregister(descriptor)
            waiting.discard(descriptor)
    assert not waiting, f"{len(waiting)} have no answer"


def await_ends(clients, readers, begin):
    """The time at which each connection ended; until then `readers` read 100 bytes per second."""
    poller, ends = select.epoll(), {}
    for client in clients:
        client.setblocking(False)
        poller.register(client.fileno(), select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP)
    next_read = 0
    while len(ends) < len(clients) and time.monotonic() - begin < PATIENCE:
        for descriptor, _ in poller.poll(1):
            ends[descriptor] = time.monotonic() - begin
            poller.unregister(descriptor)
        if time.monotonic() < next_read:
            continue
        next_read = time.monotonic() + 1
        for client in readers:
            try:
                client.recv(100)
            except OSError:
                pass
    return ends


def measure(large, small, size):
    clients = {"kept": Fast(small, is_new=False), "new": Fast(small, is_new=True)}
    if options.cold:
        forget(options.cold)
    request, begin = get(large), time.monotonic()
    slow = [connect(request, buffer=2048) for _ in range(options.count)]
    await_answers(slow)
    answered = time.monotonic()
    fetched = time.monotonic()
    assert len(urllib.request.urlopen(large, timeout=60).read()) == size
    fetched = time.monotonic() - fetched
    ends = await_ends(slow, slow[::2], begin)
    print(json.dumps({
        **{name: client.times(begin, answered) for name, client in clients.items()},
        "answered": round(1000 * (answered - begin)), "large": round(1000 * fetched), "ended": len(ends),
        "last": round(1000 * max(ends.values(), default=0)),
    }))


def terminate(large):
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    others = [
        f"POST /v1/media HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {options.token}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n{'x' * 100}",
        f"GET /bananatalk/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address.netloc}\r\n{upgrade}"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        f"GET /bananatalk/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n",
    ]
    clients = [connect(get(large), buffer=2048) for _ in range(options.count)]
    await_answers(clients)
    clients += [connect(request.encode(), buffer=2048) for request in others]
    # The upload has no response yet.
    await_answers(clients[-2:])
    begin = time.monotonic()
    os.kill(options.terminate, signal.SIGTERM)
    print(json.dumps({"ended": len(await_ends(clients, [], begin))}))


large, small, size = store()
terminate(large) if options.terminate else measure(large, small, size)

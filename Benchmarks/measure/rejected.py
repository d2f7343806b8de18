"""How much of an upload is read before it is rejected."""

import select
import socket
import statistics
import struct
import time

from .contenders import Node, Python
from .files import padded
from .service import BASE, Darkroom
from .sink import Sink
from .table import markdown, spread
from .timing import Failed

SIZE, TOO_LARGE = 64 << 20, 2 << 30
GIGABIT = 125e6
BUFFER = 128 << 10


def head(process, length, more=""):
    form = "--b\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n" \
        "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"long.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
    return (
        f"POST {BASE}/messages/video HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {process.token('alice')}\r\n{more}"
        f"Content-Length: {len(form) + length + 7}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    ).encode(), form.encode()


def waiting(connection):
    """The bytes in the server's kernel that it has not read."""
    ports = f":{connection.getpeername()[1]:04X}", f":{connection.getsockname()[1]:04X}"
    for line in open("/proc/net/tcp"):
        local, remote, _, queues = line.split()[1:5]
        if local.endswith(ports[0]) and remote.endswith(ports[1]):
            return int(queues.split(":")[1], 16)
    return 0


def read_by_server(connection):
    """The bytes that its kernel has acknowledged (linux/tcp.h, `tcpi_bytes_acked`), minus the unread ones. What arrives in
    between counts as read: it is never more than the client's small buffer."""
    unread = waiting(connection)
    return struct.unpack_from("=Q", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 120)[0] - unread


def status(connection):
    """The status of the response, or `None` if there is none."""
    connection.settimeout(30)
    try:
        return int(connection.recv(4096).split()[1])
    except (OSError, IndexError, ValueError):
        return None


def over_long(process, file, pace):
    """(status, bytes read by the server, milliseconds) when the response arrives, sending at most `pace` bytes a second."""
    lines, form = head(process, SIZE)
    body = memoryview(form + file.read_bytes() + b"\r\n--b--")
    with socket.create_connection(("127.0.0.1", process.port), 20) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        connection.sendall(lines)
        connection.setblocking(False)
        began, sent = time.perf_counter(), 0
        while True:
            allowed = len(body) if pace is None else min(len(body), int((time.perf_counter() - began) * pace) + (64 << 10))
            readable, writable, _ = select.select([connection], [connection] if sent < allowed else [], [], 0.0005 if pace else 20)
            if readable:
                return status(connection), read_by_server(connection), (time.perf_counter() - began) * 1000
            if writable:
                sent += connection.send(body[sent : min(allowed, sent + (256 << 10))])


def over_large(process, expecting):
    """The same for an upload that declares more than is allowed, before any of its body is sent."""
    lines, _ = head(process, TOO_LARGE, "Expect: 100-continue\r\n" if expecting else "")
    with socket.create_connection(("127.0.0.1", process.port), 20) as connection:
        began = time.perf_counter()
        connection.sendall(lines)
        return status(connection), 0, (time.perf_counter() - began) * 1000


def measure(_, __):
    file = padded("video/long.mp4", "long.mp4", SIZE)
    cases = {
        "darkroom: 601 s, at full speed": (Darkroom, lambda process: over_long(process, file, None), 7),
        "darkroom: 601 s, at 1 Gbit/s": (Darkroom, lambda process: over_long(process, file, GIGABIT), 7),
        "Node: 601 s, at full speed": (Node, lambda process: over_long(process, file, None), 1),
        "Python: 601 s, at full speed": (Python, lambda process: over_long(process, file, None), 1),
        "darkroom: 2 GiB declared": (Darkroom, lambda process: over_large(process, False), 7),
        "darkroom: 2 GiB declared, expecting 100": (Darkroom, lambda process: over_large(process, True), 7),
    }
    rows, medians = [], {}
    with Sink() as sink:
        for name, (start, ask, times) in cases.items():
            before = sink.counts()
            try:
                with start(sink) as process:
                    answers = [ask(process) for _ in range(times)]
                    time.sleep(0.3)
            except (Failed, OSError) as failure:
                print(f"  {name}: {failure}", flush=True)
                continue
            got = {key: value - before[key] for key, value in sink.counts().items()}
            left = got["created"] - got["completed"] - got["aborted"], got["completed"] + got["puts"] - got["deleted"]
            statuses, read, waited = zip(*answers)
            medians[name] = statistics.median(read) / 1e6
            rows.append(
                [name, "/".join(sorted({str(status) for status in statuses})), spread([count / 1e6 for count in read])]
                + [spread(waited), f"{left[0]}, {left[1]}"]
            )
    columns = ["a video that is rejected", "status", "MB read at the answer", "answer after, ms"]
    return "Refused early", markdown(columns + ["begun uploads, objects left in the bucket"], rows), [
        ["MB read before a video of 601 s is rejected", "≤ 2"]
        + [medians.get(f"{name}: 601 s, at full speed") for name in ("darkroom", "Node", "Python")],
    ]

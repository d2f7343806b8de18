"""How long a small request waits while 200 uploads run."""

import socket
import statistics
import threading
import time

from .files import padded
from .service import Darkroom, Peak
from .table import markdown
from .timing import Failed
from .upload import send

COUNT, SIZE = 200, 8_000_000


def small_requests(port, ended, waits):
    """Asks for /healthz on one connection, every 5 ms, until told to end."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not ended.wait(0.005):
            began = time.perf_counter()
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                return
            waits.append((time.perf_counter() - began) * 1000)


def measure(_, __):
    file = padded("video/clip.mov", "eight-megabytes.mov", SIZE)
    rows = []
    for name, uploads in (("nothing else", 0), (f"{COUNT} uploads of 8 MB at once", COUNT)):
        with Darkroom() as service:
            idle, waits, ended = service.memory(), [], threading.Event()
            asking = threading.Thread(target=small_requests, args=(service.port, ended, waits), daemon=True)
            asking.start()
            began = time.perf_counter()
            with Peak(service) as peak:
                if uploads:
                    answers = send(service, file, uploads)
                else:
                    time.sleep(2)
                    answers = []
            seconds = time.perf_counter() - began
            if not asking.is_alive() or not waits:
                raise Failed("/healthz stopped answering 200")
            ended.set()
            asking.join()
            waits.sort()
            good = sum(200 <= status < 300 for status, _, _ in answers)
            rows.append(
                [name, f"{good} of {uploads}", seconds, len(waits), statistics.median(waits), waits[int(len(waits) * 0.99)]]
                + [waits[-1], max(0, peak.bytes - idle) / (1 << 20)]
            )
    columns = ["beside", "accepted", "seconds", "requests", "median ms", "p99 ms", "longest ms", "memory over idle, MiB"]
    return "GET /healthz beside uploads", markdown(columns, rows)

"""The cost of an idle connection."""

import base64
import os
import socket
import struct

from .service import Darkroom
from .table import markdown
from .timing import Failed

COUNT = 2000


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 20)


def read_until(connection, mark):
    got = b""
    while mark not in got:
        more = connection.recv(4096)
        if not more:
            raise Failed(f"the service closed an idle connection: {got!r}")
        got += more
    return got


def kept_alive(port, _):
    connection = connect(port)
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    read_until(connection, b"\r\n\r\n")
    return connection


def chat_socket(port, token):
    """A Socket.IO client, connected and authenticated over WebSocket."""
    connection = connect(port)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /bananatalk/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    read_until(connection, b'"sid"')
    text = ('40{"token":"' + token + '"}').encode()
    head = struct.pack(">BBH", 0x81, 0x80 | 126, len(text))
    connection.sendall(head + bytes(4) + text)
    answer = read_until(connection, b"{")
    if b"40{" not in answer:
        raise Failed(f"Socket.IO rejected its client: {answer!r}")
    return connection


def measure(_, __):
    rows = []
    for name, open_one in {"HTTP, kept alive": kept_alive, "Socket.IO, authenticated": chat_socket}.items():
        with Darkroom() as service:
            token = service.token("alice")
            try:
                open_one(service.port, token).close()
                idle = service.memory()
                connections = [open_one(service.port, token) for _ in range(COUNT)]
            except (Failed, OSError) as failure:
                print(f"  {name} failed: {failure}", flush=True)
                continue
            rows.append([name, COUNT, idle / (1 << 20), (service.memory() - idle) / 1024 / COUNT])
            for connection in connections:
                connection.close()
    return "Idle connections", markdown(["kind", "connections", "resident before, MiB", "KiB each"], rows)

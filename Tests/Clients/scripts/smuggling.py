"""Requests that two servers could read differently, over bare sockets, each with a second request behind it. Prints a JSON
object: shape -> [status of the first answer, how many answers came, whether the connection was closed].

usage: smuggling.py BASE TOKEN
"""

import json
import socket
import sys
import urllib.parse

address = urllib.parse.urlsplit(sys.argv[1])
HOST = b"Host: " + address.netloc.encode() + b"\r\n"
AUTHORIZATION = f"Authorization: Bearer {sys.argv[2]}\r\nContent-Type: application/json\r\n".encode()
SECOND = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
BODY = b"0\r\n\r\n"


def post(*lines, body=BODY):
    """A call whose body is read: its chunks are judged too."""
    head = b"POST /bananatalk/api/v1/messages HTTP/1.1\r\n" + HOST + AUTHORIZATION
    return head + b"".join(lines) + b"\r\n" + body


SHAPES = {
    "both lengths": post(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"),
    "both lengths, chunked first": post(b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n"),
    "two lengths": post(b"Content-Length: 5\r\n", b"Content-Length: 6\r\n"),
    "two equal lengths": post(b"Content-Length: 5\r\n", b"Content-Length: 5\r\n"),
    "a list of lengths": post(b"Content-Length: 5, 5\r\n"),
    "a signed length": post(b"Content-Length: +5\r\n"),
    "bare LF": b"GET /healthz HTTP/1.1\n" + HOST.replace(b"\r\n", b"\n") + b"\n",
    "bare LF after a field": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\nX-C: d\r\n\r\n",
    "bare CR in a field": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\rX-C: d\r\n\r\n",
    "obs-fold": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\r\n c\r\n\r\n",
    "space before the colon": post(b"Content-Length : 5\r\n"),
    "chunked not last": post(b"Transfer-Encoding: chunked, gzip\r\n"),
    "gzip before chunked": post(b"Transfer-Encoding: gzip, chunked\r\n"),
    "chunked twice": post(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
    "chunked misspelt": post(b"Transfer-Encoding: xchunked\r\n"),
    "chunk extensions without end": post(
        b"Transfer-Encoding: chunked\r\n", body=b"5;" + b"a" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"
    ),
    "a chunk size that is not valid": post(b"Transfer-Encoding: chunked\r\n", body=b"0x5\r\nhello\r\n0\r\n\r\n"),
    "a chunk ended by LF": post(b"Transfer-Encoding: chunked\r\n", body=b"5\nhello\n0\n\n"),
    "NUL in a field": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\0c\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
}


def attempt(shape):
    connection = socket.create_connection((address.hostname, address.port))
    connection.settimeout(15)
    received = b""
    try:
        connection.sendall(shape + SECOND)
        while data := connection.recv(65536):
            received += data
        closed = True
    except ConnectionResetError:
        closed = True
    except TimeoutError:
        closed = False
    status = int(received.split()[1]) if received.startswith(b"HTTP/1.1 ") else 0
    return [status, received.count(b"HTTP/1.1 "), closed]


print(json.dumps({name: attempt(shape) for name, shape in SHAPES.items()}))

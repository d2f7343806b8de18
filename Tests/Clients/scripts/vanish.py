"""Clients that vanish: uploads that break off at a random place of their body, in one of two ways (closed, reset).

usage: vanish.py BASE TOKEN FILE COUNT AT_ONCE PAD SEED

Each upload is FILE made PAD bytes long by a `free` box. Prints the number of uploads that were broken off.
"""

import concurrent.futures
import pathlib
import random
import socket
import struct
import sys
import urllib.parse

base, token, file, count, at_once, pad, seed = sys.argv[1:]
address = urllib.parse.urlsplit(base)
content = pathlib.Path(file).read_bytes()
padding = int(pad) - len(content)
content += padding.to_bytes(4) + b"free" + bytes(padding - 8)
body = (
    b"--b\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
    b"--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"clip.mp4\"\r\n\r\n" + content + b"\r\n--b--\r\n"
)
head = (
    f"POST /bananatalk/api/v1/messages/video HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
    f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
).encode()


def vanish(number):
    choice = random.Random(f"{seed}-{number}")
    # Half of them within the first megabyte, where most decisions fall.
    limit = len(body) - 1 if choice.random() < 0.5 else min(len(body) - 1, 1 << 20)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(head + body[: choice.randrange(limit)])
        if choice.random() < 0.5:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return 1


with concurrent.futures.ThreadPoolExecutor(int(at_once)) as pool:
    print(sum(pool.map(vanish, range(int(count)))))

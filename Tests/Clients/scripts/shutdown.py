"""Sends half of an upload, tells the service to end (SIGTERM), sends the rest. Prints {"status", "refused"}: the upload's
answer, and whether a connection that came after the signal was refused.

usage: shutdown.py BASE TOKEN FILE PID
"""

import json
import os
import pathlib
import signal
import socket
import sys
import time
import urllib.parse

base, token, file, pid = sys.argv[1:]
address = urllib.parse.urlsplit(base)
content = pathlib.Path(file).read_bytes()
body = (
    b"--b\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
    b"--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"clip.mp4\"\r\n\r\n" + content + b"\r\n--b--\r\n"
)
connection = socket.create_connection((address.hostname, address.port))
connection.settimeout(30)
connection.sendall(
    (
        f"POST /bananatalk/api/v1/messages/video HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    + body[: len(body) // 2]
)
# Whether the service has read any of it does not matter: it is here.
os.kill(int(pid), signal.SIGTERM)
refused = False
deadline = time.monotonic() + 10
while not refused and time.monotonic() < deadline:
    try:
        socket.create_connection((address.hostname, address.port)).close()
    except ConnectionRefusedError:
        refused = True
connection.sendall(body[len(body) // 2 :])
answer = connection.makefile("rb").readline()
print(json.dumps({"status": int(answer.split()[1]) if answer else 0, "refused": refused}))

"""An upload of more than a gibibyte over a bare socket; prints the answer with "status" and "sent": how much of the body had been
sent when the answer came.

usage: too_large.py BASE TOKEN declared|chunked
"""

import json
import select
import socket
import sys
import urllib.parse

base, token, how = sys.argv[1:]
address = urllib.parse.urlsplit(base)
head = (
    "--b\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"clip.mp4\"\r\n\r\n"
).encode()
# A file that begins as an MP4 does, with a box that claims more than the limit.
start = (24).to_bytes(4) + b"ftypisom\x00\x00\x02\x00isommp42" + (1).to_bytes(4) + b"mdat" + (2 << 30).to_bytes(8)
length = (1 << 30) + (4 << 20)
connection = socket.create_connection((address.hostname, address.port))
lines = [
    "POST /bananatalk/api/v1/messages/video HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {token}",
    "Content-Type: multipart/form-data; boundary=b",
    f"Content-Length: {length}" if how == "declared" else "Transfer-Encoding: chunked",
]
connection.sendall("\r\n".join(lines + ["", ""]).encode())
sent = 0


def answered():
    return bool(select.select([connection], [], [], 10 if how == "declared" else 0)[0])


def send(data):
    global sent
    if how == "chunked":
        data_on_wire = b"%x\r\n" % len(data) + data + b"\r\n"
    else:
        data_on_wire = data
    connection.sendall(data_on_wire)
    sent += len(data)


block = b"\0" * (1 << 20)
if not answered():
    send(head + start)
    while sent < length and not answered():
        send(block)
connection.settimeout(30)
answer = connection.makefile("rb")
status = int(answer.readline().split()[1])
size = 0
while (line := answer.readline().strip()):
    if line.lower().startswith(b"content-length:"):
        size = int(line.split(b":")[1])
print(json.dumps(json.loads(answer.read(size)) | {"status": status, "sent": sent}))

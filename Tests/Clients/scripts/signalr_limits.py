"""Files over the limit of their kind, over a bare socket. Prints an object: of each case {"status", "success", "error", "sent"}, where
"sent" is how much of the file had been sent when the answer came.

usage: signalr_limits.py BASE TOKEN
"""

import json
import select
import socket
import sys
import urllib.parse

base, token = sys.argv[1:]
address = urllib.parse.urlsplit(base)
BLOCK = 64 << 10
MIB = 1 << 20


def upload(name, head, size, declared=False):
    connection = socket.create_connection((address.hostname, address.port))
    form = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    framing = f"Content-Length: {len(form) + size + 9}" if declared else "Transfer-Encoding: chunked"
    lines = [
        "POST /signalr/api/v1/chat/upload HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {token}",
        "Content-Type: multipart/form-data; boundary=b", framing, "", "",
    ]
    connection.sendall("\r\n".join(lines).encode())

    def send(data):
        connection.sendall(data if declared else b"%x\r\n" % len(data) + data + b"\r\n")

    sent = 0
    if not (declared and select.select([connection], [], [], 30)[0]):
        try:
            send(form)
            while sent < size and not select.select([connection], [], [], 0)[0]:
                block = (head[sent : sent + BLOCK]).ljust(min(BLOCK, size - sent), b"\0")
                send(block)
                sent += len(block)
            if sent == size:
                send(b"\r\n--b--\r\n")
                if not declared:
                    connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
    answer = b""
    try:
        while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
            more = connection.recv(1 << 16)
            if not more:
                break
            answer += more
    except ConnectionResetError:
        pass
    head, _, body = answer.partition(b"\r\n\r\n")
    answer = json.loads(body)
    return {"status": int(head.split()[1]), "sent": sent, "success": answer.get("success"), "error": answer.get("error")}


def wav(size):
    return (
        b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little") + (1).to_bytes(2, "little")
        + (1).to_bytes(2, "little") + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little")
        + (2).to_bytes(2, "little") + (16).to_bytes(2, "little") + b"data" + (size - 44).to_bytes(4, "little")
    )


jpeg = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
cases = {
    "declared": upload("clip.mp4", b"", 200 * MIB, declared=True),
    "image": upload("photo.pdf", jpeg, 60 * MIB),
    "document": upload("photo.jpg", b"%PDF-1.7\n", 60 * MIB),
    "audio": upload("song.mp4", wav(60 * MIB), 60 * MIB),
}
print(json.dumps(cases))

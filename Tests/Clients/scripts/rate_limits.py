"""Sends requests until they are refused, or more bytes than are allowed, as hostile clients do. Prints one line of JSON.

usage: rate_limits.py parallel COUNT URL TOKEN [URL]...   how many of COUNT requests at the same time got each status, and a refusal
       rate_limits.py head BASE PATH TOKEN BYTES          what is answered to a head that declares so many bytes, without any
       rate_limits.py chunks BASE PATH TOKEN BYTES        how many bytes of a chunked body were sent before the answer, and which
       rate_limits.py abort BASE PATH TOKEN BYTES         sends half of a declared body and leaves
       rate_limits.py post BASE PATH TOKEN BYTES          what is answered to a whole body of so many bytes
"""

import collections
import concurrent.futures
import json
import select
import socket
import sys
import urllib.parse

import requests


def answer(connection):
    received = b""
    while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
    fields = {name.lower(): value for name, value in fields.items()}
    while len(body) < int(fields.get("content-length", 0)) and (part := connection.recv(65536)):
        body += part
    return {
        "status": int(head.split()[1]), "retryAfter": fields.get("retry-after"),
        "body": json.loads(body) if body[:1] == b"{" else body.decode(errors="replace"),
    }


def begin(base, path, token, *fields):
    address = urllib.parse.urlsplit(base)
    connection = socket.create_connection((address.hostname, address.port), timeout=120)
    lines = [f"POST {path} HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {token}", *fields]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return connection


FORM = "Content-Type: multipart/form-data; boundary=x"
START = b'--x\r\nContent-Disposition: form-data; name="file"; filename="words.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n'
END = b"\r\n--x--\r\n"


def form(size):
    """A form with a document, of so many bytes altogether."""
    return START + b"words " * ((size - len(START) - len(END)) // 6) + b"w" * ((size - len(START) - len(END)) % 6) + END


kind, *arguments = sys.argv[1:]
if kind == "parallel":
    count, (url, token, *others) = int(arguments[0]), arguments[1:]
    urls = [url, *others]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(
            lambda index: requests.get(
                urls[index % len(urls)], headers={"Authorization": f"Bearer {token}"}, timeout=120), range(count)))
    refused = next((found for found in answers if found.status_code == 429), None)
    print(json.dumps({
        "statuses": collections.Counter(str(found.status_code) for found in answers),
        "retryAfter": refused is not None and refused.headers.get("Retry-After"),
    }))
    sys.exit()

base, path, token, size = *arguments[:3], int(arguments[3])
if kind == "head":
    connection = begin(base, path, token, FORM, f"Content-Length: {size}", "Expect: 100-continue")
    print(json.dumps(answer(connection)))
elif kind == "chunks":
    connection = begin(base, path, token, FORM, "Transfer-Encoding: chunked")
    body, sent = form(size), 0
    try:
        while sent < size and not select.select([connection], [], [], 0)[0]:
            chunk = body[sent:sent + 65536]
            connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            sent += len(chunk)
    except OSError:
        pass
    if sent >= size:
        connection.sendall(b"0\r\n\r\n")
    print(json.dumps({"sent": sent} | answer(connection)))
elif kind == "abort":
    connection = begin(base, path, token, FORM, f"Content-Length: {size}")
    connection.sendall(form(size)[:size // 2])
    connection.close()
    print("{}")
elif kind == "post":
    found = requests.post(
        base + path, headers={"Authorization": f"Bearer {token}", "Content-Type": FORM.split(": ")[1]}, data=form(size),
        timeout=120)
    print(json.dumps({"status": found.status_code, "retryAfter": found.headers.get("Retry-After")}))

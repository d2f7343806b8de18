"""A server that answers in ways that a client has to live through. Each path is a way:

    /echo       the method, the path, the fields and the length and SHA-256 of the body, as JSON, with this connection's number
    /bytes/N    N bytes
    /stall      nothing, ever
    /half       half of what was announced, and nothing more
    /cut        half of what was announced, and the end
    /reset      a reset
    /early      413 before the body is read
    /close      an answer after which the connection is closed without a word
    /fields     a very long header
    /nonsense   no HTTP
    /redirect   302 to /echo

Prints {"port": …} when it listens, or {"port": …, "tls": …, "certificate": …} where the openssl command is there to make one.
Ends with its standard input."""

import asyncio
import hashlib
import json
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

connections = 0


async def serve(reader, writer):
    global connections
    connections += 1
    number = connections
    try:
        while await respond(reader, writer, number):
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        writer.close()


async def respond(reader, writer, number):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if path == "/early":
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!")
        await writer.drain()
        writer.write_eof()
        # What the client still sends is read, as servers do who want to be heard.
        await reader.read(100 << 20)
        return False
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    if path == "/stall":
        await reader.read(1)
        return False
    if path in ("/half", "/cut"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 1000)
        await writer.drain()
        if path == "/half":
            await reader.read(1)
        return False
    if path == "/reset":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False
    if path == "/nonsense":
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        return False
    if path == "/redirect":
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n")
        return True
    if path == "/fields":
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"y" * 90_000 + b"\r\nContent-Length: 0\r\n\r\n")
        return True
    if path.startswith("/bytes/"):
        content = bytes(i * 31 & 255 for i in range(256)) * (int(path[7:]) // 256 + 1)
        content = content[: int(path[7:])]
    else:
        content = json.dumps({
            "method": method, "path": path, "fields": fields, "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(), "connection": number,
        }).encode()
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" if path == "/echo" else b""
    writer.write(interim + b"HTTP/1.1 200 OK\r\nX-Odd: 1\r\nContent-Length: %d\r\n\r\n" % len(content))
    if method != "HEAD":
        writer.write(content)
    return path != "/close"


def certificate(folder):
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
               "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


async def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-http-"))
    try:
        certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        plain = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
        secure = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, limit=1 << 20)
        port = lambda server: server.sockets[0].getsockname()[1]
        ready = {"port": port(plain), "tls": port(secure), "certificate": str(folder / "certificate.pem")}
        print(json.dumps(ready), flush=True)
        parent = os.getppid()
        loop = asyncio.get_running_loop()
        input_ended = loop.run_in_executor(None, sys.stdin.read)
        while os.getppid() == parent and not input_ended.done():
            await asyncio.sleep(0.5)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


asyncio.run(main())

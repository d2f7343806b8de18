"""A Redis server for the tests, on a port of the loopback interface, which stores nothing.

    redis.py [PORT]

Prints its port as one line when it answers, and ends the server when its standard input is closed or its parent is gone."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

folder = tempfile.mkdtemp(prefix="darkroom-redis-")
process = None


def fail(message):
    print(message, file=sys.stderr, flush=True)
    end()
    sys.exit(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start(port):
    global process
    program = shutil.which("redis-server")
    if not program:
        fail("redis-server is missing; install it with: scripts/install-tests.sh")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            fail("redis-server does not answer")
        time.sleep(0.02)


def end(*_):
    if process:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: (end(), os._exit(0)))
    parent = os.getppid()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else free_port()
    start(port)
    print(port, flush=True)
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], 1)
        if readable and not os.read(0, 1024):
            break
    end()


main()

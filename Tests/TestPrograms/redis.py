"""A Redis server for the tests, on a port of the loopback interface, which stores nothing.

    redis.py [PORT]

The line `pause` on its standard input stops the server's process, which then accepts connections and answers nothing, and `resume`
lets it go on; each is printed when it is done.

Prints its port as one line when it answers, and ends the server when its standard input is closed or its parent is gone."""

import os
import shutil
import signal
import socket

from server import Server, port_argument


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def signalled(server, line):
    os.killpg(server.process.pid, {"pause": signal.SIGSTOP, "resume": signal.SIGCONT}[line])
    print(line, flush=True)


def main():
    server, port = Server("redis-server"), port_argument()
    program = shutil.which("redis-server")
    if not program:
        server.fail("redis-server is missing; install it with: scripts/install-tests.sh")
    server.start([program, "--port", str(port), "--bind", "127.0.0.1", "--dir", server.folder, "--save", "", "--appendonly", "no"])
    server.wait(lambda: answers(port))
    server.serve(port, lambda line: signalled(server, line))


main()

"""A Redis server for the tests, on a port of the loopback interface, which stores nothing.

    redis.py [PORT]

The line `pause` on its standard input stops the server's process, which then accepts connections and answers nothing, and `resume`
lets it go on; each is printed when it is done.

Prints its port as one line when it answers, and ends the server when its standard input is closed or its parent is gone."""

import shutil

from server import Server, answers, port_argument


def main():
    server, port = Server("redis-server"), port_argument()
    program = shutil.which("redis-server")
    if not program:
        server.fail("redis-server is missing; install it with: scripts/install-tests.sh")
    server.start([program, "--port", str(port), "--bind", "127.0.0.1", "--dir", server.folder, "--save", "", "--appendonly", "no"])
    server.wait(lambda: answers(port, b"PING\r\n", b"+PONG"))
    server.serve(port, server.obey)


main()

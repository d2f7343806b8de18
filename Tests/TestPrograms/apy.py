"""Apertium APy for the tests, on a port of the loopback interface.

    apy.py [PORT]

Prints its port as one line when it answers, and ends the server when its standard input is closed or its parent is gone."""

import os
import shutil
import urllib.request

from server import Server, port_argument

MODES = "/usr/share/apertium/modes"


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/listPairs", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def main():
    server, port = Server("apertium-apy"), port_argument()
    program = shutil.which("apertium-apy")
    if not program or not os.path.exists(MODES + "/eng-spa.mode"):
        server.fail("apertium-apy or its languages are missing; install them with: scripts/install-tests.sh")
    server.start([program, "-p", str(port), "-j", "1", MODES])
    server.wait(lambda: answers(port), seconds=120)
    server.serve(port)


main()

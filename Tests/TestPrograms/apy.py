"""Apertium APy for the tests, on a port of the loopback interface.

    apy.py [PORT]

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
import urllib.request

MODES = "/usr/share/apertium/modes"
folder = tempfile.mkdtemp(prefix="darkroom-apy-")
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
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/listPairs", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def start(port):
    global process
    program = shutil.which("apertium-apy")
    if not program or not os.path.exists(MODES + "/eng-spa.mode"):
        fail("apertium-apy or its languages are missing; install them with: scripts/install-tests.sh")
    # A group of its own: each pair of languages is a pipeline of processes.
    process = subprocess.Popen(
        [program, "-p", str(port), "-j", "1", MODES], cwd=folder, start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            fail("apertium-apy does not answer")
        time.sleep(0.1)


def end(*_):
    if process:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
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

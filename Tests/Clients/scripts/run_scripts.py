"""Runs scripts of this folder, each in a process of its own that is forked from this one: starting Python and importing the
HTTP clients is done once.

Reads lines {"id", "script", "arguments"}; answers each, in the order in which they end, with a line
{"id", "status", "output", "errors", "undescribed"}: what the script exited with (128 and the number of the signal that ended it) and
what it wrote, in base64; and which HTTP answers that it received from a service are not as the service's descriptions say, as texts.
Ends with its input.
"""

import base64
import json
import os
import pathlib
import runpy
import selectors
import sys
import tempfile
import traceback

# What most scripts import.
import argparse, sqlite3, requests  # noqa: E401, F401

import described_answers

described_answers.watch()


def run(script, arguments, output, errors, undescribed):
    """Runs a script in this process and returns what it exits with."""
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((null, 0), (output, 1), (errors, 2)):
        os.dup2(descriptor, number)
    sys.argv = [script, *arguments]
    sys.path[0] = str(pathlib.Path(script).parent)
    try:
        runpy.run_path(script, run_name="__main__")
        status = 0
    except SystemExit as exit:
        status = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
        if status == 1 and not isinstance(exit.code, int):
            print(exit.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(undescribed, json.dumps(described_answers.problems).encode())
    return status


def start(request):
    """Forks a process for a request. Returns its descriptor, and what is to be known when it has ended."""
    files = tuple(tempfile.TemporaryFile() for _ in range(3))
    process = os.fork()
    if process == 0:
        status = 1
        try:
            status = run(request["script"], request["arguments"], *(file.fileno() for file in files))
        finally:
            os._exit(status & 0xFF)
    return os.pidfd_open(process), (request["id"], process, *files)


def answer(identifier, process, output, errors, undescribed):
    """Writes what a process that has ended left."""
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    reply = {"id": identifier, "status": status if status >= 0 else 128 - status}
    for name, file in (("output", output), ("errors", errors)):
        file.seek(0)
        reply[name] = base64.b64encode(file.read()).decode()
        file.close()
    undescribed.seek(0)
    # Of a script that a signal ended nothing is known.
    reply["undescribed"] = json.loads(undescribed.read() or "[]")
    undescribed.close()
    os.write(1, json.dumps(reply).encode() + b"\n")


def main():
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    buffer = b""
    while True:
        for key, _ in selector.select():
            if key.fd != 0:
                selector.unregister(key.fd)
                os.close(key.fd)
                answer(*key.data)
                continue
            more = os.read(0, 1 << 16)
            if not more:
                return
            *lines, buffer = (buffer + more).split(b"\n")
            for line in lines:
                descriptor, known = start(json.loads(line))
                selector.register(descriptor, selectors.EVENT_READ, known)


main()

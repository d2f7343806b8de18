"""Ports of the loopback interface for programs that take no 0 for one that is free, or that are started again on the same port.

They are below those that the system gives to connections and to programs that take any, so that none of these gets one while the
program is away. A port is locked by a file as long as the process that has reserved it runs, because two of them may ask at once.
The tests in Swift do the same (Tests/TestPrograms/FreePort.swift)."""

import fcntl
import os
import pathlib
import random
import socket

LOWEST = 10_000
# Open files that hold the locks.
_locks = []


def _lowest_of_the_system():
    return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


def _reserve(port):
    """Whether nobody has the port, in which case it is this process's own from now on."""
    folder = pathlib.Path(f"/tmp/darkroom-ports-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = (folder / str(port)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        lock.close()
        return False
    _locks.append(lock)
    return True


def reserve_port(above=0):
    """A port that nothing listens on, kept for this process. With `above`, the one that is this much higher is kept, too."""
    highest = _lowest_of_the_system() - above
    for _ in range(10_000):
        port = random.randrange(LOWEST, highest)
        if _reserve(port) and (not above or _reserve(port + above)):
            return port
    raise OSError("no port is free")

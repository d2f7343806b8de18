"""A service whose webhooks go to names that change their addresses, in a network of its own with a DNS server of its own.

usage: rebinding.py PROGRAM refuse|allow

Each name has the public address 9.9.9.9 when it is asked for first. Prints one line of JSON: `answers`, the addresses by name in the
order in which the DNS server gave them, and `reached`, those at which a connection came, by the port of the endpoint. Runs in network and mount
namespaces that `unshare` makes, so that nothing leaves them.
"""

import collections
import ctypes
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PUBLIC = "9.9.9.9"
# What names have, each time that they are asked for: the last one stays.
NAMES = {
    # Another address, once the first was found to be public.
    "turns.example": [[PUBLIC], ["127.0.0.1"]],
    # Both at once, in an order that a client may choose itself.
    "both.example": [["127.0.0.1", PUBLIC]],
    "mapped.example": [[PUBLIC, "10.0.0.7"], ["10.0.0.7", "127.0.0.1"]],
}
PATIENCE = 120


def add_address(name, address):
    """Gives the loopback interface an address (ioctl SIOCSIFADDR and SIOCSIFFLAGS of netdevice(7)), by an alias."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sHH4s8x", name.encode(), socket.AF_INET, 0, socket.inet_aton(address))
        if address != "127.0.0.1":
            fcntl.ioctl(control, 0x8916, request)
        # IFF_UP and IFF_RUNNING.
        fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", name.encode(), 0x41))


def use_own_resolver():
    """Has this namespace ask 127.0.0.1 for names."""
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:5 attempts:3\n")
    os.chmod(file.name, 0o644)
    subprocess.run(["mount", "--bind", file.name, os.path.realpath("/etc/resolv.conf")], check=True)
    os.unlink(file.name)


class Names(threading.Thread):
    """A DNS server for the addresses of IPv4 (RFC 1035)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.given = collections.defaultdict(list)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def run(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            self.socket.sendto(self.answer(query), client)

    def answer(self, query):
        labels, position = [], 12
        while query[position]:
            labels.append(query[position + 1:position + 1 + query[position]].decode().lower())
            position += 1 + query[position]
        question = query[12:position + 5]
        name, kind = ".".join(labels), struct.unpack("!H", question[-4:-2])[0]
        addresses = []
        # A; a name has nothing else.
        if kind == 1 and name in NAMES:
            turns, given = NAMES[name], self.given[name]
            addresses = turns[min(len(given), len(turns) - 1)]
            given.append(addresses)
        head = query[:2] + struct.pack("!HHHHH", 0x8580 if name in NAMES else 0x8583, 1, len(addresses), 0, 0)
        # A pointer to the name in the question; A, IN, kept for no time at all.
        records = [b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4) + socket.inet_aton(each) for each in addresses]
        return head + question + b"".join(records)


class Listener(threading.Thread):
    """Accepts connections to a port of every address, and notes to which one they were made."""

    def __init__(self):
        super().__init__(daemon=True)
        self.reached = []
        self.socket = socket.create_server(("0.0.0.0", 0), backlog=64)
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            self.reached.append(connection.getsockname()[0])
            connection.close()


def wait(what, holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"{what}: not after {PATIENCE} s")
        time.sleep(0.05)


def started(program, data, access):
    process = subprocess.Popen(
        [program, "serve", "--listen", "127.0.0.1:0", "--data", data], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": access})
    return process, process.stdout.readline().split()[-1]


def main(program, access):
    import jwt
    import requests

    names, listeners = Names(), {name: Listener() for name in NAMES}
    for thread in [names, *listeners.values()]:
        thread.start()
    with tempfile.TemporaryDirectory() as data:
        service, base = started(program, data, access)
        try:
            secret = pathlib.Path(data, "secret").read_text().strip()
            token = jwt.encode(
                {"sub": "service", "scope": "service", "exp": int(time.time()) + 3600}, secret, algorithm="HS256")
            headers = {"Authorization": f"Bearer {token}"}
            made = {}
            for name, listener in listeners.items():
                answer = requests.post(
                    base + "/v1/webhooks", headers=headers, json={"url": f"https://{name}:{listener.port}/a"}, timeout=60)
                answer.raise_for_status()
                made[name] = answer.json()["id"]
            text = {"receiver": "bob", "message": "words"}
            answer = requests.post(
                base + "/bananatalk/api/v1/messages", headers=headers | {"X-On-Behalf-Of": "alice"}, json=text, timeout=60)
            answer.raise_for_status()

            def has_failed(name):
                answer = requests.get(f"{base}/v1/webhooks/{made[name]}", headers=headers, timeout=60)
                return answer.json()["failingSince"] is not None

            for name in NAMES:
                wait(f"{name} has failed", lambda: names.given[name] and has_failed(name))
            # Another process has no address in its memory, and asks for the names again.
            service.terminate()
            service.wait()
            asked = {name: len(given) for name, given in names.given.items()}
            before = {name: len(listener.reached) for name, listener in listeners.items()}
            service, base = started(program, data, access)
            for name in NAMES:
                wait(f"{name} is asked for again", lambda: len(names.given[name]) > asked[name])
            if access == "allow":
                wait("it is connected to", lambda: len(listeners["turns.example"].reached) > before["turns.example"])
            requests.post(
                base + "/bananatalk/api/v1/messages", headers=headers | {"X-On-Behalf-Of": "alice"}, json=text, timeout=60)
        finally:
            # Its requests end, or are cut, before it ends.
            service.terminate()
            service.wait()
    found = {"answers": names.given, "reached": {name: each.reached for name, each in listeners.items()}}
    print(json.dumps(found))


if sys.argv[1] != "--inside":
    own = ["--map-root-user"] if os.geteuid() else []
    os.execvp("unshare", ["unshare", *own, "--mount", "--net", sys.executable, __file__, "--inside", *sys.argv[1:]])
for number, address in enumerate(["127.0.0.1", PUBLIC]):
    add_address("lo" if number == 0 else f"lo:{number}", address)
use_own_resolver()
main(*sys.argv[2:])

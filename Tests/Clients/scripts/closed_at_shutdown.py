"""What clients of each dialect are told when the service gets SIGTERM.

usage: closed_at_shutdown.py BASE TOKEN PID

Opens a WebSocket of each dialect and a Socket.IO session whose poll waits, sends SIGTERM to PID, and prints an object: of each
WebSocket the frames that came after the signal and the code of its close, and the status of the poll.
"""

import http.client
import json
import os
import signal
import sys
import urllib.parse

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

base, token, pid = sys.argv[1:]
END = "\x1e"


def open_socket(path):
    return connect(base.replace("http", "ws", 1) + path, additional_headers={"Authorization": f"Bearer {token}"})


def socket_io(dialect):
    socket = open_socket(f"/{dialect}/socket.io/?EIO=4&transport=websocket")
    socket.send("40" + json.dumps({"token": token}))
    while not socket.recv(timeout=60).startswith("40{"):
        pass
    return socket


def hub():
    socket = open_socket("/signalr/hubs/chat")
    socket.send('{"protocol":"json","version":1}' + END)
    socket.recv(timeout=60)
    return socket


def rest(socket):
    frames = []
    try:
        while True:
            frames.append(socket.recv(timeout=60))
    except ConnectionClosed as error:
        return {"frames": frames, "closed": error.rcvd.code if error.rcvd else 0}


sockets = {name: socket_io(name) for name in ["bananatalk", "imagekit", "rooms"]}
sockets |= {"intok": open_socket("/intok"), "signalr": hub()}
address = base + "/imagekit/socket.io/?EIO=4&transport=polling"
address += "&sid=" + json.loads(requests.get(address).text[1:])["sid"]
requests.post(address, data="40" + json.dumps({"token": token}))
while not requests.get(address).text.startswith("40{"):
    pass
poll = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)
poll.request("GET", address.removeprefix(base))
os.kill(int(pid), signal.SIGTERM)
answer = {name: rest(socket) for name, socket in sockets.items()}
print(json.dumps(answer | {"poll": poll.getresponse().status}))

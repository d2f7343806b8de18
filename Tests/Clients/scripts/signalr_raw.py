"""A hub spoken to frame by frame, as no client would. Prints an object: of each case what the server sent, record by
record, and how it closed.

usage: signalr_raw.py HUB_URL TOKEN OTHER_TOKEN CONVERSATION
"""

import json
import sys

import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

hub, token, other, conversation = sys.argv[1:]
END = "\x1e"
HANDSHAKE = '{"protocol":"json","version":1}' + END


def open_socket(token=token, **query):
    url = hub.replace("http", "ws", 1) + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return connect(url, additional_headers=headers, max_size=None)


def invoke(target, *arguments, **more):
    return json.dumps({"type": 1, "target": target, "arguments": arguments} | more) + END


def said(frames, until=None):
    """What the server says to `frames`: until it has said `until` records, or closes."""
    with open_socket() as socket:
        records, closed, text = [], None, ""
        try:
            for frame in frames:
                socket.send(frame)
        except ConnectionClosed:
            pass
        try:
            while until is None or len(records) < until:
                text += socket.recv(timeout=60)
                *whole, text = text.split(END)
                records += [json.loads(record) for record in whole]
        except ConnectionClosed as error:
            closed = error.rcvd.code if error.rcvd else 0
        return {"records": records, "closed": closed}


def status(token=token, **query):
    try:
        with open_socket(token, **query):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


def negotiate(token=token, **query):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(hub + "/negotiate", headers=headers, params=query)


def ids():
    """Sockets that name what was negotiated."""
    negotiated = negotiate(negotiateVersion=1).json()
    connection = negotiated["connectionToken"]
    answers = {"unknown": status(id="nobody"), "public id": status(id=negotiated["connectionId"])}
    answers["of another"] = status(other, id=connection)
    with open_socket(id=connection) as socket:
        socket.send(HANDSHAKE)
        answers["first"] = socket.recv(timeout=60)
        answers["second"] = status(id=connection)
        socket.send('{"type":7}' + END)
        try:
            socket.recv(timeout=60)
        except ConnectionClosed:
            pass
    # The server forgets the connection beside the closing of its socket.
    while (again := status(id=connection)) == 409:
        pass
    answers["again"] = again
    answers["version 0"] = status(id=negotiate().json()["connectionId"])
    answers["in the query"] = status(None, access_token=token)
    return answers


start = invoke("StartTyping", conversation, invocationId="1")
cases = {
    "protocol": said(['{"protocol":"blazorpack","version":1}' + END]),
    "version": said(['{"protocol":"json","version":2}' + END]),
    "no object": said(["[]" + END]),
    "no handshake": said([start]),
    "endless handshake": said(["x" * 40_000]),
    "byte by byte": said(list(HANDSHAKE + start), until=2),
    "all at once": said([HANDSHAKE + start + invoke("StopTyping", conversation, invocationId="2")], until=3),
    "too long": said([HANDSHAKE, invoke("StartTyping", "x" * 33_000, invocationId="1")]),
    "too long in parts": said([HANDSHAKE] + ["x" * 10_000] * 4),
    "frame too long": said([HANDSHAKE, "x" * 200_000]),
    "unknown type": said([HANDSHAKE, '{"type":99}' + END + start], until=2),
    "ping": said([HANDSHAKE, '{"type":6}' + END + start], until=2),
    "no answer wanted": said([HANDSHAKE, invoke("StartTyping", conversation), start], until=2),
    "unknown method": said([HANDSHAKE, invoke("starttyping", conversation, invocationId="7")], until=2),
    "no argument": said([HANDSHAKE, invoke("StartTyping", invocationId="7")], until=2),
    "wrong argument": said([HANDSHAKE, invoke("StartTyping", {"id": 1}, invocationId="7")], until=2),
    "stream": said(
        [HANDSHAKE, json.dumps({"type": 4, "invocationId": "7", "target": "StartTyping", "arguments": []}) + END],
        until=2,
    ),
    "result and error": said([HANDSHAKE, '{"type":3,"invocationId":"1","result":1,"error":"x"}' + END]),
    "no JSON": said([HANDSHAKE, "{" + END]),
    "no type": said([HANDSHAKE, "{}" + END]),
    "close": said([HANDSHAKE, '{"type":7}' + END]),
    "ids": ids(),
    "no token": [status(None), negotiate(None).status_code, negotiate(None).json()],
    "forged token": [status(token[:-4] + "AAAA"), negotiate(token[:-4] + "AAAA").status_code],
    "negotiation": [negotiate().json(), negotiate(negotiateVersion=1).json(), negotiate(negotiateVersion="x").json()],
}
print(json.dumps(cases))

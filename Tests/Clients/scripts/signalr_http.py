"""A hub by plain HTTP requests, as TransportProtocols.md has long polling and server-sent events. Prints one line of JSON: what each
step was answered.

usage: signalr_http.py HUB_URL TOKEN OTHER_TOKEN CONVERSATION
"""

import json
import sys
import threading
import time

import requests

hub, token, other, conversation = sys.argv[1:]
END = "\x1e"
HANDSHAKE = '{"protocol":"json","version":1}' + END
TYPING = json.dumps({"type": 1, "invocationId": "1", "target": "StartTyping", "arguments": [conversation]}) + END


def negotiate():
    answer = requests.post(hub + "/negotiate", params={"negotiateVersion": 1, "access_token": token})
    return answer.json()["connectionToken"]


def call(method, connection, token=token, **more):
    parameters = {"access_token": token} | ({"id": connection} if connection else {})
    return requests.request(method, hub, params=parameters, timeout=120, **more)


def records(text):
    return [json.loads(record) for record in text.split(END) if record]


def polling():
    connection = negotiate()
    first = call("GET", connection)
    steps = {"first": [first.status_code, first.text]}
    steps["handshake"] = call("POST", connection, data=HANDSHAKE).status_code
    steps["handshake answer"] = records(call("GET", connection).text)
    steps["invocation"] = call("POST", connection, data=TYPING).status_code
    steps["completion"] = records(call("GET", connection).text)
    steps["of another"] = [call(method, connection, other).status_code for method in ["GET", "POST", "DELETE"]]
    steps["too long"] = call("POST", connection, data="x" * (129 << 10)).status_code
    # A later poll takes the place of one that waits.
    statuses = []
    polls = [
        threading.Thread(target=lambda: statuses.append(call("GET", connection).status_code)) for _ in range(2)
    ]
    for poll in polls:
        poll.start()
    while not statuses:
        time.sleep(0.01)
    steps["delete"] = call("DELETE", connection).status_code
    for poll in polls:
        poll.join(120)
    steps["polls at the end"] = sorted(statuses)
    while (last := call("GET", connection).status_code) == 204:
        pass
    steps["afterwards"] = [last] + [call(method, connection).status_code for method in ["POST", "DELETE"]]
    return steps


def early():
    """The handshake comes before the first poll."""
    connection = negotiate()
    steps = {"handshake": call("POST", connection, data=HANDSHAKE).status_code}
    steps["first"] = call("GET", connection).status_code
    steps["answer"] = records(call("GET", connection).text)
    return steps


def events():
    connection = negotiate()
    stream = call("GET", connection, headers={"Accept": "text/event-stream"}, stream=True)
    lines = stream.iter_lines()
    steps = {"head": [stream.status_code, stream.headers["Content-Type"]], "begin": next(lines).decode()}
    steps["second"] = call("GET", connection, headers={"Accept": "text/event-stream"}).status_code

    def event():
        for line in lines:
            if line.startswith(b"data: "):
                return records(line[6:].decode())

    steps["handshake"] = call("POST", connection, data=HANDSHAKE).status_code
    steps["handshake answer"] = event()
    steps["invocation"] = call("POST", connection, data=TYPING).status_code
    steps["completion"] = event()
    steps["delete"] = call("DELETE", connection).status_code
    steps["rest"] = [line.decode() for line in lines if line]
    steps["afterwards"] = call("POST", connection, data=TYPING).status_code
    return steps


print(
    json.dumps(
        {
            "polling": polling(),
            "early": early(),
            "events": events(),
            "no id": [call(method, None).status_code for method in ["GET", "POST", "DELETE"]],
            "unknown": [call(method, "nobody").status_code for method in ["GET", "POST", "DELETE"]],
            "forged": [call(method, "nobody", token[:-4] + "AAAA").status_code for method in ["GET", "POST", "DELETE"]],
        }
    )
)

"""Makes release-0.3.0.tar.gz: the data folder of a darkroom of release 0.3.0 with rows of every kind, for the tests that open it
with the release of today.

usage: make.py DARKROOM    (the program of that release; run with .build/venv/bin/python)

The clients are those of the tests. Some rows last only while something is under way or cannot be done: then the program is killed,
and what was in its way is put right.
"""

import atexit
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time

import requests
import socketio
import websockets.sync.client
from signalrcore.hub_connection_builder import HubConnectionBuilder

ROOT = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "samples"
CHAT = "64b000000000000000000001"
darkroom = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp())
data = folder / "data"


class Service:
    def __init__(self, **settings):
        keys = {
            "Image_Kit_Private_Key_Owner": "private_key_of_the_fixture",
            "Image_Kit_Public_Key_Owner": "public_key_of_the_fixture", "Image_Kit_URL": "https://media.example/account",
        }
        self.process = subprocess.Popen(
            [darkroom, "serve", "--listen", "127.0.0.1:0", "--data", str(data)], stdout=subprocess.PIPE, text=True,
            env={**os.environ, **keys, **settings})
        atexit.register(self.process.kill)
        self.base = self.process.stdout.readline().split()[-1]

    def call(self, method, path, token, expected=(200, 201), **content):
        url = path if path.startswith("http") else self.base + path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(method, url, headers=headers | content.pop("headers", {}), **content)
        if answer.status_code not in expected:
            sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
        try:
            return answer.json()
        except ValueError:
            return answer

    def end(self, signal=signal.SIGKILL):
        self.process.send_signal(signal)
        self.process.wait()


def token(*arguments):
    command = [darkroom, "token", *arguments, "--data", str(data), "--lifetime", "3153600000"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def sample(path):
    return (pathlib.Path(path).name, (SAMPLES / path).read_bytes())


def socket(service, path, token, *emissions, wait=1.0, auth=True):
    """Connects, emits, and leaves after a while."""
    client = socketio.Client(reconnection=False)
    client.connect(service.base, auth={"token": token} if auth else None, socketio_path=path, transports=["websocket"])
    for event, body in emissions:
        client.emit(event, body)
        time.sleep(0.3)
    time.sleep(wait)
    client.disconnect()


service = Service()
alice, bob = token("--user", "alice", "--name", "Alice"), token("--user", "bob", "--name", "Bob")
server = token("--service")
call = service.call
for user in ("alice", "bob"):
    call("PUT", f"/v1/users/{user}", server, json={
        "name": user.capitalize(), "images": ["https://cdn.example/p.jpg"], "details": {"preferredLanguage": "en"}})

# bananatalk: text, video, voice, a reply, a forward; read, heard, hidden, deleted.
B = "/bananatalk/api/v1/messages"
text = call("POST", B, alice, json={"receiver": "bob", "message": "hello"})["data"]["_id"]
video = call("POST", B + "/video", alice, data={"receiver": "bob"}, files={"video": sample("video/short.mp4")})["data"]
voice = call("POST", B + "/voice", alice, data={"receiver": "bob"}, files={"voice": sample("voice/voice.ogg")})["data"]
call("POST", f"{B}/{text}/reply", bob, json={"message": "hello to you"})
call("POST", f"{B}/{video['_id']}/forward", bob, json={"receiverIds": ["alice"]})
hidden = call("POST", B, alice, json={"receiver": "bob", "message": "hidden by bob"})["data"]["_id"]
deleted = call("POST", B, alice, json={"receiver": "bob", "message": "deleted for all"})["data"]["_id"]
call("DELETE", f"{B}/{hidden}", bob)
call("DELETE", f"{B}/{deleted}?forAll=true", alice)
socket(service, "bananatalk/socket.io", bob, ("markAsRead", {"senderId": "alice"}),
       ("voiceMessageListened", {"messageId": voice["_id"]}), ("listenVoiceMessage", {"messageId": voice["_id"]}))

# imagekit: a file of a chat that is shown, one that is not, a token that was used, a reaction.
call("PUT", f"/v1/conversations/{CHAT}", server, json={"dialect": "imagekit", "members": ["alice", "bob"]})
I = "/imagekit/api/media"
file = call("POST", I + "/upload-chat-media", alice, data={"chatId": CHAT}, files={"file": sample("image/transparent.png")})["data"]
call("POST", I + "/upload-chat-media", alice, data={"chatId": CHAT}, files={"file": sample("image/orientation-1.jpg")})
form = call("GET", I + "/get-upload-token", alice)["data"]
call("POST", "/imagekit/api/v1/files/upload", None, data={
    "fileName": "photo.jpg", **{name: str(form[name]) for name in ("token", "signature", "publicKey", "expire")},
}, files={"file": sample("image/orientation-3.jpg")})
socket(service, "imagekit/socket.io", alice, ("join_chat", {"chatId": CHAT}),
       ("send_media", {"chatId": CHAT, "receiverId": "bob", "media": file, **file}),
       ("send_message", {"chatId": CHAT, "receiverId": "bob", "content": "a text", "messageType": "text"}))

# intok: an attachment that a message shows, one that was uploaded and not sent, a URL that was not used; a reaction.
T = "/intok/api"
conversation = call("POST", T + "/conversations", alice, json={"type": "direct", "participantIds": ["bob"]})["conversation"]["id"]


def presigned(path, put=True):
    name, content = sample(path)
    ticket = call("POST", T + "/attachments/upload-url", alice, json={
        "fileName": name, "contentType": "image/png", "fileSize": len(content), "conversationId": conversation})
    if put:
        call("PUT", ticket["uploadUrl"], None, data=content, headers={"Content-Type": "image/png"})
    return {"id": ticket["attachmentId"], "key": ticket["key"], "fileName": name, "contentType": "image/png",
            "fileSize": len(content), "category": ticket["category"]}


sent = presigned("image/transparent.png")
with websockets.sync.client.connect(service.base.replace("http", "ws") + f"/intok?token={alice}") as web:
    web.send(json.dumps({"action": "message:send", "data": {
        "conversationId": conversation, "content": "Look", "type": "image", "attachment": sent}}))
    message = json.loads(web.recv(30))["message"]
    web.send(json.dumps({"action": "message:reaction", "data": {
        "conversationId": conversation, "messageId": message["id"], "messageTimestamp": message["timestamp"], "emoji": "👍"}}))
    web.recv(30)
presigned("image/transparent.png")
presigned("image/transparent.png", put=False)

# signalr: a file in a message, one that is not, a receiver on the hub; a reaction.
S = "/signalr/api/v1"
group = call("POST", S + "/conversations/group", alice, json={"name": "Alpha", "participantIds": ["bob"]})["data"]["_id"]
hub = HubConnectionBuilder().with_url(
    service.base + "/signalr/hubs/chat", options={"access_token_factory": lambda: bob}).build()
hub.start()
time.sleep(1)
uploads = [call("POST", S + "/chat/upload", alice, files={"file": sample("image/orientation-6.jpg")})["data"] for _ in range(2)]
shown = call("POST", f"{S}/conversations/{group}/messages", alice, json={
    "content": "look", "messageType": "Media", "mediaUrls": [{"type": "Image", "url": uploads[0]["url"], "size": 1}]})["data"]["_id"]
call("POST", f"{S}/messages/{shown}/reactions", bob, json={"reaction": "❤️", "emoji": "❤️"})
time.sleep(1)
hub.stop()

# rooms: a text that was edited, a file, a reaction.
R = "/rooms/api/v1/chat"
room = call("POST", R + "/rooms", alice, json={"name": "A room", "type": "private", "participants": ["bob"], "activityId": "a1"})["chatRoom"]["_id"]
said = call("POST", f"{R}/rooms/{room}/messages", alice, json={"type": "text", "content": "first"})["data"]["_id"]
call("PUT", f"{R}/messages/{said}", alice, json={"content": "edited"})
call("POST", f"{R}/messages/{said}/reactions", bob, json={"emoji": "👍"})
call("POST", f"{R}/rooms/{room}/messages/media", alice, data={"type": "image"}, files={"file": sample("image/picture.webp")})

# The native API: a file of the chat server, an upload that was offered, a finished job.
call("POST", "/v1/media", server, files={"file": sample("image/orientation-8.jpg")})
call("POST", "/v1/uploads", server, json={"contentType": "image/png", "size": 3014})
job = call("POST", "/v1/jobs", server, expected=(200, 201, 202), json={"type": "reprocess", "kind": "video"})["id"]
while call("GET", f"/v1/jobs/{job}", server)["state"] not in ("done", "finished", "completed"):
    time.sleep(0.2)

# An object that cannot be deleted stays marked for deletion. Its attributes file is beside it.
doomed = call("POST", "/v1/media", server, files={"file": sample("image/orientation-2.jpg")})
key = doomed["url"].split("/objects/")[1].split("?")[0]
held = [path for path in (data / "store/objects").rglob("*") if path.is_file() and key in str(path)]
subprocess.run(["chattr", "+i", *held], check=True)
call("DELETE", f"/v1/media/{doomed['id']}", server, expected=(200, 204))

# An event waits for a client that polls and has not fetched it.
poll = "/bananatalk/socket.io/?EIO=4&transport=polling"
session = json.loads(call("GET", poll, None).text[1:])["sid"]
call("POST", f"{poll}&sid={session}", None, data="40" + json.dumps({"token": bob}))
call("GET", f"{poll}&sid={session}", None)
call("POST", B, alice, json={"receiver": "bob", "message": "not delivered"})

# A job that is killed before it ends.
call("POST", "/v1/jobs", server, expected=(200, 201, 202), json={"type": "reprocess"})
service.end()
subprocess.run(["chattr", "-i", *held], check=True)

with sqlite3.connect(data / "chat.sqlite") as database:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    counts = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    database.commit()
    database.execute("VACUUM INTO ?", [str(data / "small.sqlite")])
database.close()
for name in ("chat.sqlite", "chat.sqlite-wal", "chat.sqlite-shm"):
    (data / name).unlink(missing_ok=True)
(data / "small.sqlite").rename(data / "chat.sqlite")
# What a bucket alone makes, and this folder cannot.
EMPTY = {"deletion_rechecks"}
empty = {name for name, count in counts.items() if count == 0} - EMPTY
print(json.dumps(counts, indent=1))
if empty:
    sys.exit(f"no row in: {', '.join(sorted(empty))}")
with tarfile.open(pathlib.Path(__file__).with_name("release-0.3.0.tar.gz"), "w:gz") as archive:
    archive.add(data, "data", filter=lambda entry: None if entry.name.endswith((".lock", "-wal", "-shm")) else entry)
shutil.rmtree(folder)

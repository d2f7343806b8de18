"""Uploads like those of clients of several chat systems, and a record of what was acknowledged."""

import asyncio
import collections
import dataclasses
import json
import random
import time
import urllib.parse

import aiohttp
import socketio
import websockets

import files

SENDERS = [f"sender{number}" for number in range(20)]
RECEIVER = "bob"
CONVERSATIONS = {
    "imagekit": "64b000000000000000000001", "rooms": "64b000000000000000000002", "intok": "conv_chaos",
    "signalr": "conv-chaos",
}


@dataclasses.dataclass
class Acknowledged:
    """Something that the service has acknowledged."""

    dialect: str
    # The ID of the message, or of the medium if there is no message.
    id: str
    file: files.File
    # When the call began, and when it was acknowledged.
    began: float
    at: float
    is_message: bool = True
    sender: str = ""


class Refused(Exception):
    """An unsuccessful response."""

    def __init__(self, what, status, body):
        super().__init__(f"{what}: {status} {str(body)[:300]}")
        self.status = status


class Workload:
    """Random requests to a service, in several dialects at once."""

    KINDS = ["video", "voice", "image", "document"]

    def __init__(self, darkroom, seed, longest=3 << 20, deletions=0.1, patience=20):
        """`longest`: the size of the largest file in bytes; `deletions`: the share of deletable uploads that are deleted;
        `patience`: how long an answer on a socket may take, in seconds."""
        self.deletions, self.patience = deletions, patience
        self.darkroom, self.rng, self.longest = darkroom, random.Random(seed), longest
        # What is stored, what was deleted, and what is being deleted (without a response so far).
        self.acknowledged, self.deleted, self.uncertain = [], [], []
        # Unsuccessful responses by status, and the text of the first of each.
        self.refused, self.words = collections.Counter(), {}
        # Called as soon as something is acknowledged.
        self.at_acknowledgement = None
        # The number of uploads that ended, successful or not, and the waiters for the next one.
        self.ended, self.next_end = 0, asyncio.Event()
        # Connections that ended.
        self.broken = 0
        # Calls without a response although their connection did not end.
        self.unanswered = []
        self.tokens = {}
        self.http = None

    async def __aenter__(self):
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=120))
        return self

    async def __aexit__(self, *_):
        await self.http.close()

    def token(self, user=None):
        if user not in self.tokens:
            self.tokens[user] = self.darkroom.token(user)
        return self.tokens[user]

    async def call(self, method, path, user, expected=(200, 201), what=None, **arguments):
        """A call with a JSON response."""
        url = path if path.startswith("http") else self.darkroom.base + path
        headers = arguments.pop("headers", {})
        if not path.startswith("http"):
            headers = {"Authorization": f"Bearer {self.token(user)}", **headers}
        async with self.http.request(method, url, headers=headers, **arguments) as answer:
            text = await answer.text()
            if answer.status not in expected:
                raise Refused(what or f"{method} {path}", answer.status, text)
            return json.loads(text) if text.startswith(("{", "[")) else {}

    async def put(self, url, file, sender):
        """Writes a file to a presigned URL. A bucket's own failures (status 500 and above) are not the service's: as S3's
        documentation asks clients to, it is tried again."""
        attempts = 1 if url.startswith(self.darkroom.base) else 3
        for attempt in range(1, attempts + 1):
            try:
                return await self.call("PUT", url, sender, data=file.content, headers={"Content-Type": file.mime_type}, what="PUT to an upload URL")
            except Refused as error:
                if error.status < 500 or attempt == attempts:
                    raise

    async def tell_of_conversations(self):
        """Provisions the conversations as the chat server."""
        for dialect, conversation in CONVERSATIONS.items():
            members = [RECEIVER, SENDERS[0]] if dialect == "imagekit" else [RECEIVER, *SENDERS]
            await self.call("PUT", f"/v1/conversations/{conversation}", None, json={"dialect": dialect, "members": members})

    # One upload each, for each dialect. They return what was acknowledged.

    def form(self, field, file, **fields):
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field(field, file.content, filename=file.name, content_type=file.mime_type)
        return form

    def note(self, dialect, id, file, sender, is_message=True):
        found = Acknowledged(dialect, id, file, file.began, time.monotonic(), is_message, sender)
        self.acknowledged.append(found)
        if self.at_acknowledgement:
            self.at_acknowledgement()
        return found

    async def bananatalk(self, file, sender):
        field, path = {
            "video": ("video", "/video"), "voice": ("voice", "/voice"), "image": ("attachment", ""),
        }[file.kind]
        answer = await self.call(
            "POST", f"/bananatalk/api/v1/messages{path}", sender, data=self.form(field, file, receiver=RECEIVER)
        )
        return self.note("bananatalk", answer["data"]["_id"], file, sender)

    async def rooms(self, file, sender):
        kind = {"voice": "audio", "document": "file"}.get(file.kind, file.kind)
        answer = await self.call(
            "POST", f"/rooms/api/v1/chat/rooms/{CONVERSATIONS['rooms']}/messages/media", sender,
            data=self.form("file", file, type=kind),
        )
        return self.note("rooms", answer["data"]["_id"], file, sender)

    async def native(self, file, sender):
        answer = await self.call(
            "POST", "/v1/media", None, data=self.form("file", file), headers={"X-On-Behalf-Of": sender}
        )
        return self.note("native", answer["id"], file, sender, is_message=False)

    async def signalr(self, file, sender):
        base = self.darkroom.base
        answer = await self.call("POST", "/signalr/api/v1/chat/upload", sender, data=self.form("file", file))
        uploaded = answer["data"]
        kind = {"voice": "Audio"}.get(file.kind, file.kind.capitalize())
        self.check_serves_at(base)
        file.sent()
        answer = await self.call(
            "POST", f"/signalr/api/v1/conversations/{CONVERSATIONS['signalr']}/messages", sender,
            json={"content": "", "messageType": "Media",
                  "mediaUrls": [{"type": kind, "url": uploaded["url"], "size": len(file.content)}]},
        )
        return self.note("signalr", answer["data"]["_id"], file, sender)

    async def intok(self, file, sender):
        conversation = CONVERSATIONS["intok"]
        ticket = await self.call(
            "POST", "/intok/api/attachments/upload-url", sender,
            json={"fileName": file.name, "contentType": file.mime_type, "fileSize": len(file.content),
                  "conversationId": conversation},
        )
        await self.put(ticket["uploadUrl"], file, sender)
        attachment = {
            "id": ticket["attachmentId"], "key": ticket["key"], "fileName": file.name, "contentType": file.mime_type,
            "fileSize": len(file.content), "category": ticket["category"],
        }
        url = f"{self.darkroom.base.replace('http:', 'ws:')}/intok?token={self.token(sender)}"
        async with asyncio.timeout(self.patience), websockets.connect(url, max_size=None) as socket:
            kind = {"document": "file"}.get(file.kind, file.kind)
            file.sent()
            await socket.send(json.dumps({
                "action": "message:send",
                "data": {"conversationId": conversation, "type": kind, "attachment": attachment},
            }))
            async for frame in socket:
                told = json.loads(frame)
                if told["action"] == "error":
                    raise Refused("message:send", told.get("code") or "error", told)
                message = told.get("message") or {}
                if (message.get("attachment") or {}).get("id") == attachment["id"]:
                    return self.note("intok", message["id"], file, sender)
        raise ConnectionError("the socket ended")

    async def imagekit(self, file, _):
        chat, sender = CONVERSATIONS["imagekit"], SENDERS[0]
        base = self.darkroom.base
        answer = await self.call(
            "POST", "/imagekit/api/media/upload-chat-media", sender, data=self.form("file", file, chatId=chat)
        )
        uploaded = answer["data"]
        self.note("imagekit", uploaded["fileId"], file, sender, is_message=False)
        file.sent()
        data = await self.emit_to_imagekit("send_media", {
            "chatId": chat, "messageType": uploaded.get("messageType", "file"),
            "media": {"url": uploaded["url"], "fileId": uploaded["fileId"]},
        }, "send_media_success", base)
        return self.note("imagekit", data["messageId"], file, sender)

    def check_serves_at(self, base):
        """Raises if the process was killed since it returned URLs under `base`: the next one serves at another port."""
        if self.darkroom.base != base:
            raise ConnectionResetError("the process was killed, and the next one serves at another port")

    async def emit_to_imagekit(self, event, data, success, base=None):
        """Emits an event on a new socket, to the process that serves at `base` if given. Returns the response."""
        client = socketio.AsyncClient(reconnection=False)
        answered = asyncio.get_running_loop().create_future()

        def settle(name):
            def handler(data=None, *_):
                if not answered.done():
                    answered.set_result((name, data))
            return handler

        for name in (success, "error", "disconnect"):
            client.on(name, settle(name))
        try:
            if base is not None:
                self.check_serves_at(base)
            await client.connect(
                base or self.darkroom.base, auth={"token": self.token(SENDERS[0])}, socketio_path="imagekit/socket.io",
                transports=["websocket"], wait_timeout=10,
            )
            await client.emit("join_chat", {"chatId": CONVERSATIONS["imagekit"]})
            await client.emit(event, data)
            name, answer = await asyncio.wait_for(answered, self.patience)
        finally:
            await client.disconnect()
        if name == "disconnect":
            raise ConnectionError("the socket ended")
        if name == "error":
            raise Refused(event, "error", answer)
        return answer

    async def once(self):
        """One upload of a random kind in a random dialect. Returns what was acknowledged, if anything."""
        dialect = self.rng.choice(["bananatalk", "rooms", "native", "signalr", "intok", "imagekit"])
        kinds = self.KINDS[:3] if dialect == "bananatalk" else self.KINDS
        file = files.pick(self.rng.choice(kinds), self.rng, self.longest, dialect)
        return await self.attempt(getattr(self, dialect)(file, self.rng.choice(SENDERS)))

    async def delete(self, found):
        """Deletes something acknowledged for everyone. Until that is acknowledged, it may or may not exist."""
        self.acknowledged.remove(found)
        self.uncertain.append(found)
        await getattr(self, f"delete_{found.dialect}")(found)
        self.uncertain.remove(found)
        self.deleted.append(found)

    async def delete_native(self, found):
        await self.call("DELETE", f"/v1/media/{found.id}", None, expected=(200, 204))

    async def delete_bananatalk(self, found):
        await self.call("DELETE", f"/bananatalk/api/v1/messages/{found.id}?forAll=true", found.sender)

    async def delete_rooms(self, found):
        await self.call(
            "DELETE", f"/rooms/api/v1/chat/messages/{found.id}", found.sender, json={"deleteFor": "everyone"}
        )

    async def delete_signalr(self, found):
        await self.call("DELETE", f"/signalr/api/v1/messages/{found.id}?deleteFor=everyone", found.sender)

    async def delete_intok(self, found):
        await self.call(
            "DELETE", f"/intok/api/conversations/{CONVERSATIONS['intok']}/messages/{found.id}", found.sender,
            json={"forEveryone": True},
        )

    async def delete_imagekit(self, found):
        if not found.is_message:
            return await self.call(
                "POST", "/imagekit/api/media/delete", found.sender, json={"fileId": found.id}, expected=(200, 404)
            )
        await self.emit_to_imagekit("delete_message", {"chatId": CONVERSATIONS["imagekit"], "messageId": found.id}, "delete_success")

    async def attempt(self, work):
        """The result of `work`; `None` if it fails, which is counted."""
        try:
            return await work
        except Refused as refusal:
            self.refused[str(refusal.status)] += 1
            self.words.setdefault(str(refusal.status), str(refusal))
        except asyncio.TimeoutError:
            self.unanswered.append(f"{work.__qualname__} {work.cr_code.co_name}")
        except (aiohttp.ClientError, OSError, EOFError, websockets.WebSocketException,
                socketio.exceptions.SocketIOError):
            self.broken += 1
            # Waits before the next request to a service that is down.
            await asyncio.sleep(0.05)
        return None

    async def goes_on(self, count):
        """Waits until `count` more uploads have ended."""
        last = self.ended + count
        while self.ended < last:
            await self.next_end.wait()

    async def run(self, at_once, until: asyncio.Event):
        """Runs `at_once` uploads concurrently until stopped; running uploads are finished."""

        async def one():
            while not until.is_set():
                found = await self.once()
                self.ended += 1
                self.next_end.set()
                self.next_end = asyncio.Event()
                if found and found.dialect in ("native", "bananatalk") and self.rng.random() < self.deletions:
                    await self.attempt(self.delete(found))

        await asyncio.gather(*(one() for _ in range(at_once)))

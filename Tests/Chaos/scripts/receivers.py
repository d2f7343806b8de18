"""A user who is connected to every dialect, reconnects whenever a connection ends, and records every event."""

import asyncio
import contextlib
import json
import time

import socketio
import websockets

from workload import CONVERSATIONS


class Receiver:
    """A connection to one dialect."""

    dialect = ""

    def __init__(self, darkroom, user):
        self.darkroom, self.user, self.token = darkroom, user, darkroom.token(user)
        # When the first event of each message arrived, by message ID.
        self.heard = {}
        # The intervals in which it was connected.
        self.stretches = []
        # Until then it does not reconnect.
        self.away_until = 0
        self.connected = asyncio.Event()

    def hear(self, id):
        self.heard.setdefault(id, time.monotonic())

    def is_connected(self):
        self.stretches.append([time.monotonic(), None])
        self.connected.set()

    def is_disconnected(self):
        if self.connected.is_set():
            self.stretches[-1][1] = time.monotonic()
            self.connected.clear()

    def was_connected(self, moment):
        """A receiver that is not connected gets no event; it reads the message after it has reconnected."""
        return any(since <= moment and (until is None or moment < until) for since, until in self.stretches)

    async def run(self):
        """Connects repeatedly, until cancelled."""
        while True:
            await asyncio.sleep(max(self.away_until - time.monotonic(), 0))
            with contextlib.suppress(
                OSError, EOFError, asyncio.TimeoutError, websockets.WebSocketException, socketio.exceptions.SocketIOError
            ):
                await self.listen(self.darkroom.base)
            self.is_disconnected()
            await asyncio.sleep(0.05)


class SocketIOReceiver(Receiver):
    path = ""

    def auth(self):
        return {"token": self.token}

    async def enter(self, client):
        """The events that a client sends after it has connected."""

    def message(self, event, data):
        """The ID of the message that an event is about."""
        message = data.get("message")
        return message.get("_id") if isinstance(message, dict) else None

    async def listen(self, base):
        client = socketio.AsyncClient(reconnection=False)
        self.answers, ended = asyncio.Queue(), asyncio.Event()
        client.on("disconnect", lambda *_: ended.set())

        @client.on("*")
        async def any_event(event, *data):
            self.answers.put_nowait(event)
            if data and isinstance(data[0], dict) and (id := self.message(event, data[0])):
                self.hear(id)

        try:
            await client.connect(
                base, auth=self.auth(), socketio_path=self.path, transports=["websocket"], wait_timeout=5
            )
            await self.enter(client)
            self.is_connected()
            await ended.wait()
        finally:
            await client.disconnect()

    async def answered(self, event):
        while await asyncio.wait_for(self.answers.get(), 10) != event:
            pass


class Bananatalk(SocketIOReceiver):
    dialect, path = "bananatalk", "bananatalk/socket.io"


class ImageKit(SocketIOReceiver):
    dialect, path = "imagekit", "imagekit/socket.io"

    async def enter(self, client):
        await client.emit("join_chat", {"chatId": CONVERSATIONS["imagekit"]})
        await self.answered("join_chat_success")

    def message(self, event, data):
        return data.get("messageId") if event == "media_received" else None


class Rooms(SocketIOReceiver):
    dialect, path = "rooms", "rooms/socket.io"

    def auth(self):
        return None

    async def enter(self, client):
        await client.emit("authenticate", {"token": self.token, "userId": self.user})
        await self.answered("authenticated")
        await client.emit("join_chat", {"chatRoomId": CONVERSATIONS["rooms"]})
        await self.answered("joined_chat")


class Intok(Receiver):
    dialect = "intok"

    async def listen(self, base):
        url = f"{base.replace('http:', 'ws:')}/intok?token={self.token}"
        async with websockets.connect(url, max_size=None, open_timeout=5) as socket:
            self.is_connected()
            async for frame in socket:
                told = json.loads(frame)
                if told["action"] == "message:receive":
                    self.hear(told["message"]["id"])


class SignalR(Receiver):
    dialect = "signalr"
    END = "\x1e"

    async def listen(self, base):
        url = f"{base.replace('http:', 'ws:')}/signalr/hubs/chat?access_token={self.token}"
        async with websockets.connect(url, max_size=None, open_timeout=5) as socket:
            await socket.send(json.dumps({"protocol": "json", "version": 1}) + self.END)
            await asyncio.wait_for(socket.recv(), 10)
            self.is_connected()
            async for frame in socket:
                for record in filter(None, frame.split(self.END)):
                    told = json.loads(record)
                    if told.get("target") == "MessageReceived":
                        self.hear(told["arguments"][0].get("_id"))
                    elif told.get("type") == 6:
                        await socket.send(json.dumps({"type": 6}) + self.END)


def all_of(darkroom, user):
    """A receiver of each dialect, not connected yet."""
    return {each.dialect: each(darkroom, user) for each in (Bananatalk, ImageKit, Rooms, Intok, SignalR)}

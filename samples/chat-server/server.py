"""A small chat server beside Darkroom: it has its own sockets, users and tokens, and reads messages from the same MongoDB.

Its settings are environment variables:

    LISTEN       HOST:PORT, by default 127.0.0.1:9000
    MONGODB_URL  the replica set that Darkroom stores chat in
    MONGODB_DATABASE  the database of the chat system, by default bananatalk
    REDIS_URL    the Redis that Darkroom's nodes share (DARKROOM_SOCKETIO_CLUSTER=bananatalk=python)
    JWT_SECRET   the secret that both sign and verify tokens with

Prints the URL at which it serves.
"""

import asyncio
import datetime
import json
import os
import signal
import time

import jwt
import socketio
from aiohttp import web
from bson import ObjectId
from pymongo import AsyncMongoClient

SECRET = os.environ["JWT_SECRET"]
database = AsyncMongoClient(os.environ["MONGODB_URL"])[os.environ.get("MONGODB_DATABASE", "bananatalk")]
# What Darkroom publishes in Redis reaches the sockets of this server, and what this server emits reaches those of Darkroom.
server = socketio.AsyncServer(async_mode="aiohttp", client_manager=socketio.AsyncRedisManager(os.environ["REDIS_URL"]))
routes = web.RouteTableDef()


def user_of(token):
    """The user whom a token is for, with its claim that Darkroom reads, too."""
    return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]


def dumps(document):
    """JSON with ObjectIds and dates as clients of the chat system expect them."""
    return json.dumps(document, default=lambda value: value.isoformat() if isinstance(value, datetime.datetime) else str(value))


def caller(request):
    try:
        return user_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
    except jwt.InvalidTokenError:
        raise web.HTTPUnauthorized


@server.event
async def connect(sid, environ, auth):
    """A user's sockets are in the room that is called like the user's ID: there Darkroom sends what is for that user."""
    try:
        user = user_of((auth or {}).get("token", ""))
    except jwt.InvalidTokenError:
        return False
    await server.save_session(sid, {"user": user})
    await server.enter_room(sid, user)


@server.on("sendFriendRequest")
async def send_friend_request(sid, data):
    """An event that only the chat server knows. The receiver may be connected here, or to any node of Darkroom."""
    sender = (await server.get_session(sid))["user"]
    await server.emit("friendRequest", {"from": sender, "text": data["text"]}, room=data["to"])
    return {"status": "sent"}


@routes.post("/login")
async def login(request):
    """A user of this name, created at the first login, with a token that this server and Darkroom accept. (There are no passwords.)"""
    name = (await request.json())["name"]
    await database.users.update_one({"name": name}, {"$setOnInsert": {"images": []}}, upsert=True)
    user = str((await database.users.find_one({"name": name}))["_id"])
    token = jwt.encode({"sub": user, "exp": int(time.time()) + 86400}, SECRET, algorithm="HS256")
    return web.json_response({"id": user, "token": token})


@routes.get("/messages/{id}")
async def read_message(request):
    """A message as it is in MongoDB, whoever wrote it."""
    user = ObjectId(caller(request))
    message = await database.messages.find_one(
        {"_id": ObjectId(request.match_info["id"]), "$or": [{"sender": user}, {"receiver": user}]}, {"darkroom": 0})
    return web.json_response(message, dumps=dumps) if message else web.Response(status=404)


@routes.post("/messages")
async def write_message(request):
    """A text that this server stores itself: Darkroom lists it with its own messages."""
    body, now = await request.json(), datetime.datetime.now(datetime.timezone.utc)
    message = {
        "sender": ObjectId(caller(request)), "receiver": ObjectId(body["receiver"]), "message": body["message"],
        "messageType": "text", "read": False, "createdAt": now, "updatedAt": now,
    }
    await database.messages.insert_one(message)
    await server.emit("newMessage", {"message": json.loads(dumps(message))}, room=body["receiver"])
    return web.json_response(message, status=201, dumps=dumps)


async def main():
    application = web.Application()
    application.add_routes(routes)
    server.attach(application)
    runner = web.AppRunner(application)
    await runner.setup()
    host, port = os.environ.get("LISTEN", "127.0.0.1:9000").rsplit(":", 1)
    await web.TCPSite(runner, host, int(port)).start()
    print(f"http://{host}:{runner.addresses[0][1]}", flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await runner.cleanup()


asyncio.run(main())

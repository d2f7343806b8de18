"""What lists, pages and searches cost with few and with very many messages.

Two users have one conversation with nearly all of the messages, and one of them a thousand others. The messages are written into the
database of a service that is stopped, as copies of one that it has written itself. What the service has written gets into MongoDB by
`darkroom migrate`.
"""

import contextlib
import datetime
import http.client
import json
import os
import random
import sqlite3
import statistics
import subprocess
import time
import urllib.parse

import bson
import pymongo

from .fanout import SECRET, token
from .machine import PROGRAM
from .nodes import Servers
from .service import BASE, Darkroom
from .table import markdown
from .timing import Failed

SIZES = {"SQLite": (1_000, 1_000_000), "MongoDB": (1_000, 1_000_000)}
CONVERSATIONS = 1_000
# How many messages have the word that few have.
FEW = 5
READER, PARTNER = "alice", "partner"
WORDS = [f"word{number}" for number in range(1_000)]
# The most requests of a kind, and the seconds after which no further one is sent.
REQUESTS, SECONDS = 100, 10


class Client:
    """A user on one connection."""

    def __init__(self, service, user):
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=300)
        self.headers = {"Authorization": f"Bearer {token(user)}", "Content-Type": "application/json"}

    def call(self, method, path, body=None):
        self.connection.request(method, BASE + path, body and json.dumps(body), self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in (200, 201):
            raise Failed(f"{method} {path}: {response.status} {content[:200]}")
        return json.loads(content)


def begin(service):
    """The conversations, with a message each; the partner's is the latest."""
    for number in range(CONVERSATIONS, -1, -1):
        sender = f"user{number}" if number else PARTNER
        Client(service, sender).call("POST", "/messages", {"receiver": READER, "message": "hello"})


def copies(count):
    """What distinguishes each copy: its number from 1, its ID, and its words: a common one, two of many and, at few, a rare one."""
    shuffled = random.Random(1)
    for number in range(1, count + 1):
        words = ["meeting", *shuffled.sample(WORDS, 2)] + (["needle"] if number % (count // FEW) == 7 else [])
        yield number, f"{0xabc << 84 | number:024x}", words


def fill(data, count):
    """Copies the partner's message until there are `count` more."""
    database = sqlite3.connect(data / "chat.sqlite")
    database.row_factory = sqlite3.Row
    template = dict(database.execute("SELECT * FROM messages WHERE sender = ?", [PARTNER]).fetchone())
    last = database.execute("SELECT max(number) FROM messages").fetchone()[0]
    terms = {}

    def rows():
        for number, identifier, words in copies(count):
            for word in words:
                terms.setdefault(word, []).append(last + number)
            moment = template["created_at"] + number
            yield template | {
                "number": last + number, "id": identifier, "text": " ".join(words), "created_at": moment, "updated_at": moment}

    with database:
        values = ", ".join(f":{name}" for name in template)
        database.executemany(f"INSERT INTO messages ({', '.join(template)}) VALUES ({values})", rows())
        for word, numbers in sorted(terms.items()):
            database.executemany(
                "INSERT INTO message_terms (conversation, term, message) VALUES (?, ?, ?)",
                ((template["conversation"], word, number) for number in numbers))
        database.execute("UPDATE members SET unread = unread + ? WHERE conversation = ? AND user = ?", [count, template["conversation"], READER])
    database.close()


def fill_mongodb(url, count):
    """The same in MongoDB, where the conversation's document keeps the unread count that it had."""
    with pymongo.MongoClient(url) as client:
        messages = client["bananatalk"]["messages"].with_options(write_concern=pymongo.WriteConcern(w=1))
        template = next(message for message in messages.find() if str(message["sender"]) == PARTNER)
        moment = template["createdAt"]
        batch = []
        for number, identifier, words in copies(count):
            own = template["darkroom"] | {"order": template["darkroom"]["order"] + number, "terms": sorted(words)}
            date = moment + datetime.timedelta(milliseconds=number)
            batch.append(template | {
                "_id": bson.ObjectId(identifier), "message": " ".join(words), "createdAt": date, "updatedAt": date, "darkroom": own})
            if len(batch) == 5_000 or number == count:
                messages.insert_many(batch, ordered=False)
                batch = []


def requests(client, count):
    """What is measured: a title and a function that sends the request and checks its answer."""
    conversation = f"/messages/conversation/{READER}/{PARTNER}"
    # Half of the way back, by a page's number and by the message that it begins before.
    half = count // 2 // 50
    middle = f"{0xabc << 84 | count // 2:024x}"
    listed = client.call("GET", "/conversations?limit=20")["data"]
    known = next(item for item in listed if PARTNER in json.dumps(item))["_id"]

    def get(path, check):
        def send():
            answer = client.call("GET", path)
            if not check(answer):
                raise Failed(f"GET {path}: {json.dumps(answer)[:300]}")
        return send

    def search(text, total):
        return get(f"/messages/search?{urllib.parse.urlencode({'q': text, 'limit': 20})}", lambda found: found["pagination"]["total"] == total)

    full = lambda found: len(found["data"]) == 50
    return {
        "the list of conversations, 20 of 1,001": get("/conversations?limit=20", lambda found: len(found["data"]) == 20),
        "one conversation, with its unread count": get(f"/conversations/{known}", lambda found: found["success"]),
        "the first page of the conversation, 50 messages": get(conversation + "?limit=50", full),
        "50 messages before one half of the way back": get(conversation + f"?limit=50&before={middle}", full),
        "the page half of the way back, by its number": get(conversation + f"?limit=50&page={half}", full),
        f"a search that finds {FEW}": search("needle", FEW),
        "a search that finds all": search("meeting", count),
        "a text is sent": lambda: client.call("POST", "/messages", {"receiver": f"user{random.randrange(1, 1000)}", "message": "hello"}),
    }


def timed(send):
    """The median of its milliseconds, one after another."""
    send()
    times, end = [], time.perf_counter() + SECONDS
    while len(times) < REQUESTS and (len(times) < 3 or time.perf_counter() < end):
        began = time.perf_counter()
        send()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def column(count, engine):
    """The medians of one engine with so many messages."""
    folder, secret = f"lists-{engine}", {"JWT_SECRET": SECRET, "DARKROOM_DIALECTS": "bananatalk"}
    with contextlib.ExitStack() as stack:
        with Darkroom(folder=folder, settings=secret, ends=False) as service:
            begin(service)
        settings = dict(secret)
        if engine == "SQLite":
            fill(service.data, count)
        else:
            servers = stack.enter_context(Servers())
            settings |= {name: value for name, value in servers.settings.items() if "MONGODB" in name}
            command = [PROGRAM, "migrate", "--from", "sqlite", "--to", "mongodb", "--data", service.data]
            moved = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True)
            if moved.returncode != 0:
                raise Failed(moved.stderr.strip()[-300:])
            fill_mongodb(settings["DARKROOM_MONGODB_URL"], count)
        service = stack.enter_context(Darkroom(folder=folder, settings=settings, begins=False))
        client = Client(service, READER)
        return {title: timed(send) for title, send in requests(client, count).items()}


def measure(rounds, media):
    columns = {(engine, count): column(count, engine) for engine, sizes in SIZES.items() for count in sizes}
    titles = list(next(iter(columns.values())))
    head = ["request"] + [f"{engine}, {count:,}" for engine, count in columns]
    rows = [[title] + [f"{found[title]:.1f} ms" for found in columns.values()] for title in titles]
    return "Lists, pages and searches", markdown(head, rows)

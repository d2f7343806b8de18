"""Hard numbers in every route and event of every chat system, one field after the other.

usage: hard_numbers.py BASE push SERVICE ALICE BOB VOICE   (tokens; a voice recording)
       hard_numbers.py BASE read SERVICE ALICE BOB STATE   (what `push` printed)

`push` prints {"calls": N, "frames": N, "routes": [...], "events": [...], "failures": [...], "state": {...}}: the routes and
events that were called, and whatever answered with 5xx, not at all, or with no JSON. `read` reads everything back that was
written: {"reads": N, "failures": [...]}.
"""

import copy
import itertools
import json
import sys

import requests
from websockets.sync.client import connect

BASE, MODE, SERVICE, ALICE, BOB = sys.argv[1:6]

# As JSON spells them: numbers that fit nowhere, that fit barely, and texts that look like numbers.
NUMBERS = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
    "1e19", "1e308", "-1e308", "4.9e-324", "-0.0", "0.1", "-1", "0", "9007199254740993", "253402300800000",
]
OTHERS = [
    '"NaN"', '"Infinity"', '"-1"', '"9223372036854775808"', '"1e400"', "[1e308]", '{"a":9223372036854775807}', "null", "true",
    "1e400", "NaN", "-", "01", "1" * 2000,
]
TEXTS = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "1e400", "-0.0", "0.1", "-1", "0", "NaN",
    "nan", "inf", "-Infinity", "0x10", "+1", "1_000", "\uff11", "1" * 400, "",
]
HOLE = "\u2603hole"

session = requests.Session()
calls = frames = 0
failures = []
routes, events = set(), set()


def fail(what, why):
    if len(failures) < 40:
        failures.append(f"{what}: {why}"[:400])


def call(method, path, token=ALICE, raw=None, **more):
    """One call; anything but an answer below 500 that is JSON (or empty, or a redirect) is a failure."""
    global calls
    calls += 1
    headers = {"Authorization": f"Bearer {token}"}
    if raw is not None:
        headers["Content-Type"] = "application/json"
        more["data"] = raw.encode()
    what = f"{method} {path} {raw if raw is not None else more.get('data', '')} {more.get('params', '')}"
    try:
        answer = session.request(method, BASE + path, headers=headers, timeout=60, allow_redirects=False, **more)
    except requests.RequestException as error:
        fail(what, error)
        return None
    # `NaN` may be the name of a language, and no engine is configured.
    without_engine = answer.status_code == 503 and path.endswith("/translate")
    if answer.status_code >= 500 and not without_engine:
        fail(what, f"{answer.status_code} {answer.text[:200]}")
    if answer.content and answer.status_code < 300:
        try:
            return answer.json()
        except ValueError:
            fail(what, "the answer is no JSON")
    return None


def with_holes(body):
    """The body with one value after the other replaced by a hole, and as a hole itself."""
    yield HOLE

    def places(value, path=()):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            yield path + (key,)
            yield from places(inner, path + (key,))

    for path in places(body):
        holed = copy.deepcopy(body)
        inner = holed
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = HOLE
        yield holed


def spelled(body, number):
    return json.dumps(body).replace(json.dumps(HOLE), number)


def message(dialect):
    """A new message of Alice's, for what deletes one."""
    if dialect == "bananatalk":
        sent = call("POST", USER, raw='{"receiver":"bob","message":"hi"}')
        return sent["data"]["_id"]
    if dialect == "signalr":
        sent = call("POST", f"/signalr/api/v1/conversations/{CONVERSATION}/messages", raw='{"content":"hi"}')
        return sent["data"]["_id"]
    sent = call("POST", f"/rooms/api/v1/chat/rooms/{CONVERSATION}/messages", raw='{"content":"hi"}')
    return sent["data"]["_id"]


CONVERSATION = "65a0000000000000000000aa"
GROUP = "65a0000000000000000000bb"
# The conversation of Alice and Bob in bananatalk.
DIRECT = "65a0000000000000000000ab"
USER = "/bananatalk/api/v1/messages"
# Everything that a chat system keeps in a conversation's settings.
SETTINGS = [
    "joined", "acceptedAt", "maxParticipants", "mutedUntil", "blockedBy", "requestedBy", "status", "formerStatus", "admins",
    "invited", "createdBy", "description", "avatarUrl", "avatar", "activityId", "type", "joinable", "allowMediaUpload",
    "allowStickers", "allowReactions", "archived", "muted", "theme", "nicknames", "quickReplies", "isSecret",
    "secretChatSettings", "languageSettings", "groupAvatar",
]


def table():
    """Every route: method, path as the code names it, path as it is called, query names, JSON body, form fields."""
    b, i, n, s, r = USER, "/imagekit/api", "/intok/api", "/signalr/api/v1", "/rooms/api/v1/chat"
    c = f"{s}/conversations/{CONVERSATION}"
    room = f"{r}/rooms/{CONVERSATION}"
    chats = f"{i}/chats/{CONVERSATION}"
    chat = f"{n}/conversations/{CONVERSATION}"
    page = ["page", "limit"]
    yield "GET", b + "/video-config", ["x"], None, None
    yield "POST", b + "/video", [], None, {"receiver": "bob", "message": "x", "duration": "1"}
    yield "POST", b + "/voice", [], None, {"receiver": "bob", "duration": "1", "waveform": "[0.1]", "location": '{"latitude":1,"longitude":2}'}
    yield "POST", b, [], {
        "receiver": "bob", "message": "x", "location": {"latitude": 1.5, "longitude": 2, "address": "a", "placeName": "b"},
        "replyTo": None,
    }, {"receiver": "bob", "message": "x", "location[latitude]": "1", "location[longitude]": "2"}
    yield "GET", b + "/conversation/alice/bob", page + ["before", "after"], None, None
    yield "GET", b + "/{hole}", ["x"], None, None
    yield "DELETE", b + "/{message:bananatalk}", ["forAll"], None, None
    yield "POST", b + "/{message:bananatalk}/reply", [], {"message": "x"}, None
    yield "POST", b + "/{message:bananatalk}/forward", [], {"receiverIds": ["carol"]}, None
    yield "POST", b + "/disappearing", [], {"receiver": "bob", "message": "x", "destructTimer": 10, "expiresIn": 3600}, None
    yield "POST", b + "/{message:bananatalk}/trigger-destruct", [], {"x": 1}, None
    all_chats = "/bananatalk/api/v1/conversations"
    one_chat = f"{all_chats}/{DIRECT}"
    yield "GET", all_chats, page, None, None
    yield "GET", all_chats + "/{hole}", ["x"], None, None
    yield "PUT", one_chat + "/read", [], {"x": 1}, None
    yield "POST", one_chat + "/mute", [], {"duration": 1}, None
    for action in ["unmute", "archive", "unarchive", "pin", "unpin"]:
        yield "POST", one_chat + "/" + action, [], {"x": 1}, None
    yield "PUT", one_chat + "/theme", [], {
        "preset": "dark", "backgroundUrl": "https://example.org/a.jpg", "backgroundColor": "#1a1a1a",
        "senderBubbleColor": "#007bff", "receiverBubbleColor": "#28a745", "fontSize": "medium",
    }, None
    yield "PUT", one_chat + "/nickname", [], {"targetUserId": "bob", "nickname": "x"}, None
    yield "POST", one_chat + "/secret", [], {"destructTimer": 30, "preventScreenshots": True, "requireAuthentication": False}, None
    yield "GET", one_chat + "/quick-replies", ["x"], None, None
    yield "POST", one_chat + "/quick-replies", [], {"text": "x"}, None
    yield "GET", b, page + ["before", "after"], None, None
    one = b + "/{message:bananatalk}"
    yield "PUT", one, [], {"message": "x"}, None
    yield "GET", one + "/replies", page + ["before", "after"], None, None
    yield "POST", one + "/pin", ["x"], None, None
    yield "POST", one + "/unpin", ["x"], None, None
    yield "GET", one + "/reactions", ["x"], None, None
    yield "POST", one + "/reactions", [], {"emoji": "\U0001f44d"}, None
    yield "DELETE", one + "/reactions/{hole}", ["x"], None, None
    yield "POST", one + "/correct", [], {"correctedText": "x", "explanation": "x"}, None
    yield "GET", one + "/corrections", ["x"], None, None
    yield "PUT", one + "/corrections/{hole}/accept", ["x"], None, None
    yield "POST", one + "/translate", [], {"targetLanguage": "x"}, None
    yield "GET", one + "/translations", ["x"], None, None
    yield "POST", one + "/bookmark", ["x"], None, None
    yield "DELETE", one + "/bookmark", ["x"], None, None
    yield "POST", b + "/poll", [], {
        "conversationId": DIRECT, "question": "x", "options": ["a", "b"], "expiresIn": 60,
        "settings": {
            "allowMultipleVotes": True, "maxVotesPerUser": 1, "isAnonymous": True, "showResultsBeforeVote": True,
            "allowAddOptions": True, "isQuiz": True, "correctOptionIndex": 0, "explanation": "x",
        },
    }, None
    yield "GET", b + "/poll/{hole}", ["x"], None, None
    yield "POST", b + "/poll/{poll}/vote", [], {"optionIndex": 0}, None
    yield "POST", b + "/poll/{poll}/options", [], {"text": "x"}, None
    yield "POST", b + "/poll/{poll}/close", ["x"], None, None
    yield "GET", b + "/bookmarks", page + ["before", "after"], None, None
    yield "GET", b + "/search", page + ["q", "from", "to", "type"], None, None
    yield "GET", b + "/mentions", page + ["before", "after"], None, None

    media = i + "/media"
    yield "POST", media + "/upload-chat-media", [], None, {"chatId": CONVERSATION, "duration": "1", "messageType": "file"}
    yield "POST", media + "/bulk-upload", [], None, {"chatId": CONVERSATION, "messageType": "file"}
    yield "GET", media + "/get-upload-token", ["x"], None, None
    yield "GET", media + "/{hole}/metadata", ["x"], None, None
    yield "POST", media + "/delete", [], {"fileId": "x", "fileIds": ["x"]}, None
    files = i + "/v1/files"
    yield "POST", files + "/upload", [], None, {
        "fileName": "a.txt", "publicKey": "x", "signature": "x", "expire": "1", "token": "x", "customCoordinates": "1,2,3,4",
        "customMetadata": '{"a":1}', "tags": '["a"]',
    }
    for method, path in [("GET", "/{hole}/details"), ("GET", "/{hole}/metadata"), ("DELETE", "/{hole}")]:
        yield method, files + path, ["x"], None, None
    yield "GET", i + "/chats/requests", page, None, None
    yield "GET", i + "/chats/active", page, None, None
    yield "POST", i + "/chats/or-create", page, {"recipientId": "bob"}, None
    yield "GET", i + "/chats/user/alice/history", page + ["includeArchived"], None, None
    yield "GET", chats + "/messages", page, None, None
    yield "GET", chats + "/search", page + ["q"], None, None
    for action in ["accept", "reject", "block", "unblock", "archive"]:
        yield "POST", chats + "/" + action, [], {"x": 1}, None
    yield "GET", chats, ["x"], None, None
    yield "DELETE", chats, ["x"], None, None

    upload = {"fileName": "a.png", "contentType": "image/png", "fileSize": 10, "conversationId": CONVERSATION}
    yield "POST", n + "/attachments/upload-url", [], upload, None
    yield "GET", n + "/attachments/download-url", ["key"], None, None
    yield "GET", n + "/auth/me", ["x"], None, None
    yield "POST", n + "/users/profile-picture/upload-url", [], {"contentType": "image/png", "fileSize": 10}, None
    yield "PUT", n + "/users/profile-picture", [], {"key": "x"}, None
    yield "DELETE", n + "/users/profile-picture", ["x"], None, None
    yield "GET", "/intok/profiles/{hole}/x.png", ["x"], None, None
    yield "GET", n + "/conversations", ["cursor", "limit", "page"], None, None
    yield "POST", n + "/conversations", [], {"type": "group", "participantIds": ["bob"], "name": "x"}, None
    account = {
        "email": "nora@example.org", "password": "secret-1", "username": "nora", "preferredLanguage": "en",
        "preferredCountry": "US",
    }
    yield "POST", n + "/auth/register", [], account, None
    yield "POST", n + "/auth/login", [], {"email": "nora@example.org", "password": "secret-1"}, None
    yield "POST", n + "/auth/check-email", [], {"email": "nora@example.org"}, None
    yield "POST", n + "/auth/refresh", [], {"refreshToken": "x"}, None
    yield "POST", n + "/auth/oauth", [], {
        "provider": "google", "providerId": "1", "email": "nora@example.org", "name": "x", "avatarUrl": "https://x.org/a", "idToken": "x",
    }, None
    yield "GET", n + "/users/search", ["q"], None, None
    yield "PATCH", n + "/users/me", [], {"username": "alice", "avatarUrl": "https://x.org/a"}, None
    yield "PATCH", n + "/users/me/language", [], {"preferredLanguage": "en"}, None
    yield "PATCH", n + "/users/me/country", [], {"preferredCountry": "US"}, None
    yield "POST", n + "/devices/register", [], {"token": "t", "platform": "ios"}, None
    yield "POST", n + "/devices/unregister", [], {"token": "t"}, None
    yield "DELETE", chat, ["x"], None, None
    yield "POST", chat + "/read", [], {"x": 1}, None
    yield "GET", chat + "/messages", ["limit", "cursor"], None, None
    yield "DELETE", chat + "/messages/{hole}", [], {"forEveryone": True}, None

    yield "POST", s + "/chat/upload", [], None, {"duration": "1", "type": "x"}
    yield "GET", s + "/conversations", page, None, None
    yield "GET", c, ["x"], None, None
    yield "GET", s + "/conversations/search", page + ["q"], None, None
    yield "GET", c + "/search", page + ["q"], None, None
    yield "POST", s + "/conversations/direct", [], {"participantId": "bob"}, None
    yield "POST", c + "/archive", [], {"archived": True}, None
    yield "POST", c + "/unarchive", [], {"x": 1}, None
    yield "POST", c + "/mute", [], {"muted": True, "muteUntil": "2030-01-01T00:00:00Z"}, None
    yield "POST", s + "/conversations/group", [], {
        "name": "x", "participantIds": ["bob"], "description": "x", "avatarUrl": "https://example.org",
    }, None
    group = f"{s}/conversations/{GROUP}"
    yield "PUT", group, [], {"name": "x", "description": "x", "avatarUrl": "https://example.org"}, None
    yield "POST", group + "/participants", [], {"participantIds": ["carol"]}, None
    yield "DELETE", group + "/participants/{hole}", ["x"], None, None
    yield "POST", group + "/leave", [], {"x": 1}, None
    yield "GET", c + "/messages", page + ["before", "after"], None, None
    yield "POST", c + "/messages", [], {
        "content": "x", "messageType": "Text", "mediaUrls": ["x"], "replyToMessageId": None, "mentions": ["bob"],
        "duration": 1, "fileSize": 1,
    }, None
    yield "POST", c + "/read", [], {"lastReadMessageId": None}, None
    one = s + "/messages/{message:signalr}"
    yield "PUT", one, [], {"content": "x"}, None
    yield "DELETE", one, ["deleteFor"], None, None
    yield "POST", one + "/reactions", [], {"emoji": "\U0001f44d"}, None
    yield "DELETE", one + "/reactions", ["emoji"], None, None

    yield "POST", r + "/rooms", [], {
        "name": "x", "type": "group", "participants": ["bob"], "activityId": "x", "description": "x", "avatar": "x",
    }, None
    yield "GET", r + "/rooms", page, None, None
    yield "GET", room, ["x"], None, None
    yield "POST", f"{r}/rooms/{GROUP}/join", [], {"x": 1}, None
    yield "POST", f"{r}/rooms/{GROUP}/leave", [], {"x": 1}, None
    yield "PUT", room + "/settings", [], {
        "name": "x", "description": "x", "avatar": "x",
        "settings": {"allowMediaUpload": True, "allowStickers": True, "allowReactions": True, "maxParticipants": 10},
    }, None
    yield "GET", room + "/stats", ["x"], None, None
    yield "POST", room + "/read", [], {"x": 1}, None
    yield "GET", room + "/messages", page + ["before"], None, None
    yield "POST", room + "/messages", [], {"content": {"a": 1.5, "b": [2]}, "type": "text", "replyTo": None}, None
    yield "POST", room + "/messages/media", [], None, {"type": "audio", "content": "x", "replyTo": "", "duration": "1"}
    yield "POST", room + "/messages/sticker", [], {
        "setId": "x", "stickerId": "x", "stickerType": "static", "metadata": {"n": 1}, "replyTo": None,
    }, None
    sets = r + "/stickers/sets"
    yield "GET", sets, page + ["category", "search"], None, None
    yield "GET", sets + "/{hole}", ["x"], None, None
    yield "GET", sets + "/{hole}/stickers", ["x"], None, None
    yield "POST", sets + "/{hole}/download", [], {"x": 1}, None
    yield "GET", r + "/stickers/my-collections", page, None, None
    yield "GET", r + "/stickers/search", ["q", "limit"], None, None
    yield "PUT", sets + "/{hole}", [], {"name": "x", "description": "x", "category": "x", "tags": ["x"]}, None
    yield "DELETE", sets + "/{hole}", ["x"], None, None
    yield "POST", sets + "/{hole}/stickers", [], None, {"stickerId": "x", "stickerType": "static", "tags": "x"}
    yield "DELETE", sets + "/{hole}/stickers/{hole}", ["x"], None, None
    one = r + "/messages/{message:rooms}"
    yield "PUT", one, [], {"content": "x"}, None
    yield "DELETE", one, [], {"deleteFor": "me"}, None
    yield "POST", one + "/reactions", [], {"type": "like", "reactionType": "like"}, None
    yield "DELETE", one + "/reactions", ["x"], None, None
    yield "POST", one + "/forward", [], {"chatRoomIds": [CONVERSATION]}, None


NATIVE = [
    ("PUT", "/v1/users/{hole}", [], {
        "name": "x", "images": ["x"], "userType": "regular", "username": "x", "createdAt": "2026-01-01T00:00:00Z",
        "details": {"username": "x", "displayName": "x", "email": "x", "createdAt": "2026-01-01T00:00:00Z", "other": 1},
    }),
    ("GET", "/v1/users/{hole}/devices", ["dialect"], None),
    ("DELETE", "/v1/users/{hole}/devices", ["dialect", "token"], None),
    ("DELETE", "/v1/users/{hole}", ["media"], None),
    ("GET", "/v1/users/{hole}/media", ["limit", "kind", "dialect", "since", "before", "after"], None),
    ("PUT", "/v1/conversations/{hole}", [], {
        "dialect": "rooms", "members": ["alice", "bob"], "name": "x", "settings": {"maxParticipants": 1},
    }),
    ("DELETE", "/v1/conversations/{hole}", ["dialect"], None),
    ("POST", "/v1/jobs", [], {
        "type": "reprocess", "prefix": "none/", "kind": "video", "since": "2026-01-01T00:00:00Z", "keys": ["none"],
        "only": ["thumbnail"],
    }),
    ("POST", "/v1/jobs", [], {"type": "import", "prefix": "none/", "owner": "x", "dialect": "rooms", "kind": "video"}),
    ("POST", "/v1/jobs", [], {"type": "import", "keys": ["none"], "rules": ["* x"]}),
    ("GET", "/v1/jobs", ["limit"], None),
    ("GET", "/v1/jobs/{hole}", ["failuresAfter"], None),
    ("DELETE", "/v1/jobs/{hole}", ["x"], None),
    ("GET", "/v1/outbox", ["after", "limit"], None),
    ("POST", "/v1/outbox/replay", [], {"ids": ["1", "2"]}),
    ("POST", "/v1/media", [], {"upload": "x"}),
    ("POST", "/v1/uploads", [], {"contentType": "image/png", "size": 10, "name": "x"}),
    ("POST", "/v1/inspections", [], {"key": "none"}),
    ("GET", "/v1/media", ["limit", "owner", "kind", "dialect", "since", "before", "after"], None),
    ("GET", "/v1/media/{hole}", ["x"], None),
    ("DELETE", "/v1/media/{hole}", ["x"], None),
    ("POST", "/v1/media/{hole}/renditions", [], {"renditions": ["voice:m4a"]}),
]


def filled(path, text="65a0000000000000000000cc"):
    if "{message:" in path:
        dialect = path.split("{message:")[1].split("}")[0]
        path = path.replace("{message:" + dialect + "}", message(dialect))
    if "{poll}" in path:
        body = f'{{"conversationId":"{DIRECT}","question":"x","options":["a","b"],"settings":{{"allowAddOptions":true}}}}'
        path = path.replace("{poll}", call("POST", USER + "/poll", raw=body)["data"]["_id"])
    return path.replace("{hole}", requests.utils.quote(text, safe=""))


def push_route(method, path, query, body, form, token, voice):
    routes.add(f"{method} {path}")
    fixed = filled(path)
    if "{hole}" in path or "{message:" in path:
        shape = path if "{hole}" in path else path.split("{message:")[0] + "{hole}" + path.split("}", 1)[1]
        for text in TEXTS:
            if text:
                call(method, filled(shape, text), token, raw=None if body is None else json.dumps(body))
    for name, text in itertools.product(query, TEXTS):
        call(method, fixed, token, params={name: text})
    if query:
        call(method, fixed, token, params={name: "9223372036854775807" for name in query})
    if body is not None:
        for holed, number in itertools.product(with_holes(body), NUMBERS + OTHERS):
            call(method, fixed, token, raw=spelled(holed, number))
        call(method, filled(path), token, raw=json.dumps(body))
    if form is not None:
        for name, text in itertools.product(form, TEXTS):
            fields = {**form, name: text}
            call(method, fixed, token, files={key: (None, value) for key, value in fields.items()})
        call(method, fixed, token, data=form)
        # With a file, what is claimed of it is kept where nothing can be measured.
        file = "voice" if path.endswith("/voice") else "files" if path.endswith("/bulk-upload") else "file"
        for text in TEXTS[:8]:
            fields = {key: (None, text if key in ("duration", "waveform", "expire") else value) for key, value in form.items()}
            call(method, fixed, token, files={**fields, file: ("a.ogg", voice, "audio/ogg")})


# MARK: sockets


class Socket:
    """A raw WebSocket that is opened again when the server has ended it: a frame may be no JSON."""

    def __init__(self, path, hello, sentinel, headers=None):
        self.path, self.hello, self.sentinel = path, hello, sentinel
        self.socket = None

    def open(self):
        self.socket = connect(BASE.replace("http", "ws") + self.path, open_timeout=30, max_size=None)
        for expected, said in self.hello:
            if said is not None:
                self.socket.send(said)
            while expected not in (frame := self.socket.recv(timeout=30)):
                pass

    def send(self, frame):
        global frames
        frames += 1
        try:
            if self.socket is None:
                self.open()
            self.socket.send(frame)
        except Exception:
            self.socket = None

    def settle(self, what):
        """Waits until everything that was sent has been worked on."""
        said, answer = self.sentinel
        for _ in range(2):
            try:
                if self.socket is None:
                    self.open()
                self.socket.send(said)
                while answer not in (frame := self.socket.recv(timeout=30)):
                    if frame == "2":
                        self.socket.send("3")
                return
            except Exception as error:
                self.socket, reason = None, repr(error)
        fail(what, f"the socket does not answer: {reason}")


def push_events(name, socket, table, wrap):
    for event, body in table:
        events.add(event)
        for index, holed in enumerate(with_holes(body)):
            for number in NUMBERS + OTHERS:
                socket.send(wrap(event, spelled(holed, number)))
            socket.settle(f"{name} {event} {json.dumps(holed)}")


def socket_io(event, data):
    return f"42{json.dumps([event])[:-1]},{data}]"


def push_sockets(state):
    token = json.dumps({"token": ALICE})
    path = "/socket.io/?EIO=4&transport=websocket"
    one, file = state["message"], state.get("file", "x")
    push_events(
        "bananatalk",
        Socket(
            "/bananatalk" + path, [("0{", None), ("40{", "40" + token)],
            ('4277["getUserStatus",{"userId":"bob"}]', "4377["),
        ),
        [
            ("sendMessage", {"receiver": "bob", "message": "x", "replyTo": None,
                             "location": {"latitude": 1, "longitude": 2, "address": "x", "placeName": "x"}}),
            ("markAsRead", {"senderId": "bob"}), ("deleteMessage", {"messageId": one, "forAll": False}),
            ("voiceMessageListened", {"messageId": one}), ("typing", {"receiver": "bob"}), ("stopTyping", {"receiver": "bob"}),
            ("updateStatus", {"status": "away"}), ("getUserStatus", {"userId": "bob"}),
            ("requestStatusUpdates", {"userIds": ["bob"]}), ("logout", {"x": 1}),
        ],
        socket_io,
    )
    named = {"chatId": CONVERSATION, "messageId": one}
    push_events(
        "imagekit",
        Socket(
            "/imagekit" + path, [("0{", None), ("40{", "40" + token)],
            (f'42["join_chat",{{"chatId":"{CONVERSATION}"}}]', "join_chat_success"),
        ),
        [
            ("join_chat", {"chatId": CONVERSATION}), ("leave_chat", {"chatId": CONVERSATION}),
            ("send_message", {"chatId": CONVERSATION, "content": "x", "messageType": "text", "replyToId": None}),
            ("send_media", {"chatId": CONVERSATION, "messageType": "file", "content": "x",
                            "media": {"fileId": file, "fileSize": 1, "duration": 1.5, "width": 1, "height": 1}}),
            ("mark_as_read", {"chatId": CONVERSATION, "messageIds": [one]}), ("edit_message", {**named, "newContent": "x"}),
            ("delete_message", named), ("add_reaction", {**named, "emoji": "x"}), ("remove_reaction", {**named, "emoji": "x"}),
            ("typing", {"chatId": CONVERSATION}), ("stop_typing", {"chatId": CONVERSATION}),
        ],
        socket_io,
    )
    named = {"chatRoomId": CONVERSATION, "messageId": one}
    push_events(
        "rooms",
        Socket(
            "/rooms" + path,
            [("0{", None), ("40{", "40"), ("authenticated", "42" + json.dumps(["authenticate", {"token": ALICE, "userId": "alice"}]))],
            ('4277["get_online_users",{}]', "4377["),
        ),
        [
            ("authenticate", {"token": ALICE, "userId": "alice"}), ("update_status", {"status": "away"}),
            ("get_online_users", {"x": 1}), ("join_chat", {"chatRoomId": CONVERSATION}), ("leave_chat", {"chatRoomId": CONVERSATION}),
            ("typing_start", {"chatRoomId": CONVERSATION}), ("typing_stop", {"chatRoomId": CONVERSATION}),
            ("mark_as_read", {"chatRoomId": CONVERSATION}), ("send_message", named),
            ("add_reaction", {**named, "type": "like", "reactionType": "like"}), ("edit_message", {**named, "content": "x"}),
            ("delete_message", {**named, "deleteFor": "me"}),
        ],
        socket_io,
    )
    named = {"conversationId": CONVERSATION, "messageId": one, "messageTimestamp": "2026-01-01T00:00:00Z"}
    push_events(
        "intok",
        Socket(f"/intok?token={ALICE}", [], ("{}", "error")),
        [
            ("message:send", {"conversationId": CONVERSATION, "content": "x", "type": "text", "replyTo": {"id": one, "x": 1},
                              "attachment": None}),
            ("message:send", {"conversationId": CONVERSATION, "content": "x", "type": "file", "attachment": {
                "id": "att_x", "key": "x", "fileSize": 1, "contentType": "image/png", "category": "image", "duration": 1}}),
            ("typing", {"conversationId": CONVERSATION, "isTyping": True}), ("message:reaction", {**named, "emoji": "\U0001f44d"}),
            ("message:read", named), ("message:deleted", named),
        ],
        lambda event, data: f'{{"action":{json.dumps(event)},"data":{data}}}',
    )
    end = "\x1e"
    push_events(
        "signalr",
        Socket(
            f"/signalr/hubs/chat?access_token={ALICE}", [("{}", '{"protocol":"json","version":1}' + end)],
            ('{"type":1,"invocationId":"77","target":"None","arguments":[]}' + end, '"77"'),
        ),
        [("StartTyping", [CONVERSATION]), ("StopTyping", [CONVERSATION])],
        lambda event, data: f'{{"type":1,"target":"{event}","arguments":{data}}}{end}',
    )


def push_handshakes():
    for text in TEXTS:
        call("POST", "/signalr/hubs/chat/negotiate", params={"negotiateVersion": text})
        for dialect in ["bananatalk", "imagekit", "rooms"]:
            for query in [{"EIO": text, "transport": "polling"}, {"EIO": "4", "transport": "polling", "t": text, "sid": text}]:
                answer = session.get(f"{BASE}/{dialect}/socket.io/", params=query, timeout=60)
                if answer.status_code >= 500:
                    fail(f"{dialect} {query}", answer.status_code)


# MARK: what is stored, and read again


def tell(identifier, dialect, settings="{}"):
    return call(
        "PUT", f"/v1/conversations/{identifier}", SERVICE,
        raw=f'{{"dialect":"{dialect}","members":["alice","bob"],"name":"x","settings":{settings}}}',
    )


def push_settings():
    """A conversation of each system for each number, with it under every name that a system keeps something under."""
    told = []
    for index, number in enumerate(NUMBERS + OTHERS[:8]):
        members = [f'"{name}":{number}' for name in SETTINGS]
        joined = ",".join([m for m in members if not m.startswith('"joined"')] + [f'"joined":{{"alice":{number},"bob":{number}}}'])
        for place, settings in enumerate(["{" + ",".join(members) + "}", "{" + joined + "}", f'{{"acceptedAt":{number},"status":"accepted"}}']):
            identifier = f"65b0{index:04x}{place:04x}000000000000"
            for dialect in ["imagekit", "intok", "signalr", "rooms"]:
                tell(identifier, dialect, settings)
            tell(DIRECT, "bananatalk", settings)
            call("GET", "/bananatalk/api/v1/conversations/" + DIRECT)
            told.append(identifier)
    return told


def writes_and_reads(identifier, writes):
    i, n, s, r = "/imagekit/api/chats/", "/intok/api/conversations/", "/signalr/api/v1/conversations/", "/rooms/api/v1/chat/rooms/"
    for token in [ALICE, BOB]:
        if writes:
            call("POST", s + identifier + "/messages", token, raw='{"content":"x"}')
            call("POST", r + identifier + "/messages", token, raw='{"content":"x"}')
            call("PUT", r + identifier + "/settings", token, raw='{"settings":{"maxParticipants":20}}')
            call("POST", i + identifier + "/archive", token, raw="{}")
            call("POST", s + identifier + "/mute", token, raw='{"muted":true}')
        for path in [
            i + identifier, i + identifier + "/messages", i + identifier + "/search?q=x", n + identifier + "/messages",
            s + identifier, s + identifier + "/messages", s + identifier + "/search?q=x", r + identifier, r + identifier + "/messages", r + identifier + "/stats",
        ]:
            call("GET", path, token)
        if writes:
            call("POST", r + identifier + "/leave", token, raw="{}")
            call("POST", r + identifier + "/join", token, raw="{}")


def read_lists():
    for token in [ALICE, BOB]:
        for path in [
            USER + "/conversation/alice/bob?limit=100", "/bananatalk/api/v1/conversations?limit=100", "/imagekit/api/chats/requests", "/imagekit/api/chats/active?limit=100",
            "/intok/api/conversations", "/intok/api/auth/me", "/signalr/api/v1/conversations?limit=100",
            "/rooms/api/v1/chat/rooms?limit=100",
        ]:
            if call("GET", path, token) is None:
                fail(path, "cannot be read")
        user = "alice" if token == ALICE else "bob"
        for page in range(1, 4):
            call("GET", f"/imagekit/api/chats/user/{user}/history?includeArchived=true&limit=100&page={page}", token)


def push():
    voice = open(sys.argv[6], "rb").read()
    for dialect in ["imagekit", "intok", "signalr", "rooms"]:
        tell(CONVERSATION, dialect)
        tell(GROUP, dialect)
    tell(DIRECT, "bananatalk")
    for user in ["alice", "bob"]:
        call("PUT", f"/v1/users/{user}", SERVICE, raw='{"name":"A user"}')
    state = {"message": message("signalr")}
    uploaded = session.post(
        BASE + "/imagekit/api/media/upload-chat-media", headers={"Authorization": f"Bearer {ALICE}"},
        files={"chatId": (None, CONVERSATION), "file": ("a.ogg", voice, "audio/ogg")}, timeout=60,
    ).json()
    state["file"] = (uploaded.get("data") or {}).get("fileId", "x")
    for method, path, query, body, form in table():
        push_route(method, path, query, body, form, ALICE, voice)
    for method, path, query, body in NATIVE:
        push_route(method, path, query, body, None, SERVICE, voice)
    for dialect in ["imagekit", "intok", "signalr", "rooms"]:
        tell(CONVERSATION, dialect)
    push_sockets(state)
    push_handshakes()
    state["conversations"] = push_settings()
    for identifier in state["conversations"]:
        writes_and_reads(identifier, writes=True)
    read_lists()
    print(json.dumps({
        "calls": calls, "frames": frames, "routes": sorted(routes), "events": sorted(events), "failures": failures,
        "state": state,
    }))


def read():
    state = json.loads(sys.argv[6])
    for identifier in [CONVERSATION, GROUP] + state["conversations"]:
        writes_and_reads(identifier, writes=False)
    read_lists()
    print(json.dumps({"reads": calls, "failures": failures}))


push() if MODE == "push" else read()

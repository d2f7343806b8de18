import ChatTestSupport
import Foundation
import JSON
import Logging
import MediaAPI
import Testing

@testable import Bananatalk
@testable import ChatBridge
@testable import ChatStoreSQLite
@testable import Realtime

/// The dialect on its sockets, with its outbox running.
private struct Node {
    let fixture: BananatalkFixture
    let hub: SocketIOHub
    let sockets: BananatalkSockets
    let server: SocketIOServer
    let running: Task<Void, Never>

    init(limits: BananatalkLimits = BananatalkLimits(), maximumRooms: Int = 1_024) throws {
        hub = SocketIOHub(maximumRooms: maximumRooms)
        let signal = WakeSignal()
        fixture = try BananatalkFixture(limits: limits, wake: { signal.wake() })
        let logger = Logger { _ in }
        let clock = fixture.base.clock
        sockets = BananatalkSockets(service: fixture.service, hub: hub, logger: logger) { token in
            guard token.hasPrefix("token-of-") else { throw ChatError(.notAllowed, "forged") }
            return (ChatCaller(id: String(token.dropFirst(9))), clock.now + 3600)
        }
        server = SocketIOServer(
            configuration: .withoutTimeouts, hub: hub, application: sockets, unauthenticated: .withoutTimeouts,
            now: { clock.now },
            uptime: { clock.uptime }, logger: logger)
        let deliverer = OutboxDeliverer(
            store: fixture.base.store, notifiers: [.bananatalk: sockets.notifier], signal: signal,
            backoff: Backoff(first: .milliseconds(10), longest: .milliseconds(10)), logger: logger)
        running = Task { await deliverer.run() }
    }

    func connect(_ user: String, device id: String? = nil) async throws -> Device {
        let client = FakeClient()
        var query = ["EIO": "4", "transport": "websocket"]
        query["deviceId"] = id
        let request = SocketIOHandshake(query: query)
        let socket = try #require(server.open(request, transport: client))
        let device = Device(socket: socket, client: client)
        _ = await client.next()
        await socket.receive(text: #"40{"token":"Bearer token-of-\#(user)"}"#)
        _ = await client.next()
        _ = await device.event("onlineUsers")
        return device
    }
}

private struct Device {
    let socket: EngineIOSocket
    let client: FakeClient

    /// The data of the next event called `name`, others left out.
    func event(_ name: String) async -> JSONValue? {
        while let frame = await client.next() {
            guard frame.hasPrefix("42"), let event = try? JSONValue(parsing: String(frame.dropFirst(2))) else {
                continue
            }
            if event[0] == .string(name) { return event[1] ?? .null }
        }
        return nil
    }

    /// The frames of all that was sent to this socket until now.
    func events(beforeEndOn hub: SocketIOHub, of user: String) async -> [String] {
        for socket in hub.sockets(in: UserRoom.name(user)) { socket.emit("end", []) }
        var frames: [String] = []
        while let frame = await client.next(), !frame.contains(#"["end"]"#) { frames.append(frame) }
        return frames
    }

    /// Emits an event and returns its acknowledgement.
    func ask(_ name: String, _ data: JSONValue) async throws -> JSONValue? {
        await socket.receive(text: "427" + JSONValue.array([.string(name), data]).encodedText())
        while let frame = await client.next() {
            if frame.hasPrefix("437") { return try JSONValue(parsing: String(frame.dropFirst(3)))[0] }
        }
        return nil
    }
}

struct BananatalkSocketsTests {
    @Test("a message sent on a socket is acknowledged, and sent to its receiver and all devices of the sender")
    func sendMessage() async throws {
        let node = try Node()
        let (phone, tablet, bob) = (
            try await node.connect("ann"), try await node.connect("ann"), try await node.connect("bob")
        )
        let ack = try await phone.ask("sendMessage", ["receiver": "bob", "message": "Hello!"])
        #expect(ack?["status"] == "success")
        let message = try #require(ack?["message"])
        #expect(message["message"] == "Hello!")
        #expect(await bob.event("newMessage") == ["message": message, "unreadCount": 1, "senderId": "ann"])
        // The socket that sent it receives it as well: it may have requested no acknowledgement.
        for device in [tablet, phone] {
            #expect(await device.event("messageSent") == ["message": message, "unreadCount": 0, "receiverId": "bob"])
        }
        let read = try await bob.ask("markAsRead", ["senderId": "ann"])
        #expect(read == ["status": "success", "markedCount": 1])
        #expect(await phone.event("messagesRead") == ["readBy": "bob", "count": 1])
        node.running.cancel()
    }

    @Test("sockets are sent ping regularly, and may answer with pong")
    func ping() async throws {
        let node = try Node()
        let polls = BananatalkPollTimer(service: node.fixture.service, logger: Logger { _ in })
        let realtime = BananatalkRealtime(
            server: node.server, hub: node.hub, pingInterval: .milliseconds(10), polls: polls)
        let (ann, bob) = (try await node.connect("ann"), try await node.connect("bob"))
        let heartbeats = Task { await realtime.run() }
        for device in [ann, bob, ann] { #expect(await device.event("ping") == .null) }
        await ann.socket.receive(text: #"42["pong"]"#)
        #expect(try await ann.ask("getUserStatus", ["userId": "bob"])?["status"] == "success")
        heartbeats.cancel()
        await heartbeats.value
        node.running.cancel()
    }

    @Test("typing reaches a user with whom there is a conversation, and no stranger")
    func typing() async throws {
        let node = try Node()
        let (ann, bob) = (try await node.connect("ann"), try await node.connect("bob"))
        for name in ["typing", "stopTyping"] {
            #expect(try await ann.ask(name, ["receiver": "bob"]) == ["status": "success"])
        }
        _ = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        #expect(try await ann.ask("typing", ["receiver": "bob"]) == ["status": "success"])
        let events = await bob.events(beforeEndOn: node.hub, of: "bob")
        #expect(events.filter { $0.contains("userTyping") }.count == 1)
        #expect(!events.contains { $0.contains("userStoppedTyping") })
        node.running.cancel()
    }

    @Test("a socket that types or changes its status too often is acknowledged, and the others are not notified")
    func ephemeralFlood() async throws {
        let node = try Node()
        _ = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        let (bob, ann) = (try await node.connect("bob"), try await node.connect("ann"))
        let socket = try #require(node.hub.sockets(in: UserRoom.name("ann")).first)
        // In the future: nothing is left for what happens now, however slow the machine is.
        let later = ContinuousClock.now + .seconds(86_400)
        while socket.admitsEphemeralEvent(at: later) {}
        #expect(try await ann.ask("typing", ["receiver": "bob"]) == ["status": "success"])
        let busy = try await ann.ask("updateStatus", ["status": "busy"])
        #expect(busy?["data"]?["status"] == "busy")
        let events = await bob.events(beforeEndOn: node.hub, of: "bob")
        #expect(events.contains { $0.contains("userStatusUpdate") })
        #expect(!events.contains { $0.contains("userTyping") || $0.contains("busy") })
        node.running.cancel()
    }

    @Test("a message that cannot be sent is an error, in the acknowledgement and as an event")
    func messageError() async throws {
        let node = try Node()
        let ann = try await node.connect("ann")
        await ann.socket.receive(text: #"421["sendMessage",{"receiver":"ann","message":"hi"}]"#)
        #expect(await ann.event("messageError") == ["error": "Cannot send a message to yourself"])
        #expect(await ann.client.next() == #"431[{"error":"Cannot send a message to yourself","status":"error"}]"#)
        node.running.cancel()
    }

    @Test("a voice message arrives as newMessage and newVoiceMessage, and its sender is notified of listening")
    func voice() async throws {
        let node = try Node()
        let (ann, bob) = (try await node.connect("ann"), try await node.connect("bob"))
        let sent = try await node.fixture.service.sendVoice(from: node.fixture.ann, to: "bob", media: .voice("v.m4a"))
        let voice = try JSONValue(parsing: sent.encoded())
        #expect(await bob.event("newMessage")?["message"] == voice)
        #expect(await bob.event("newVoiceMessage") == ["message": voice, "duration": 15.3])
        let id = try #require(voice["_id"])
        #expect(try await bob.ask("voiceMessageListened", ["messageId": id])?["status"] == "success")
        #expect(await ann.event("voiceMessageListened") == ["messageId": id, "listenedBy": "bob"])
        node.running.cancel()
    }

    @Test("the sender's deleteMessage is for everyone, the receiver's for themselves")
    func deletion() async throws {
        let node = try Node()
        let (ann, bob) = (try await node.connect("ann"), try await node.connect("bob"))
        let id = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        let own = try await bob.ask("deleteMessage", ["messageId": .string(id)])
        #expect(own == ["status": "success", "messageId": .string(id), "forAll": false])
        let other = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        let all = try await ann.ask("deleteMessage", ["messageId": .string(other)])
        #expect(all?["forAll"] == true)
        for device in [bob, ann] {
            var received: JSONValue?
            // Bob was notified already of what he deleted for himself.
            repeat { received = await device.event("messageDeleted") } while received?["messageId"] == .string(id)
            #expect(received == ["messageId": .string(other), "senderId": "ann"])
        }
        node.running.cancel()
    }

    @Test("typing is announced at once")
    func typingAtOnce() async throws {
        let node = try Node()
        _ = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        let (ann, bob) = (try await node.connect("ann"), try await node.connect("bob"))
        await ann.socket.receive(text: #"42["typing",{"receiver":"bob"}]"#)
        #expect(await bob.event("userTyping") == ["userId": "ann", "isTyping": true])
        await ann.socket.receive(text: #"42["stopTyping",{"receiver":"bob"}]"#)
        #expect(await bob.event("userStoppedTyping") == ["userId": "ann", "isTyping": false])
        node.running.cancel()
    }

    @Test(
        "an invalid token is answered with authError, and the client is disconnected",
        arguments: [#"40"#, #"40{"token":"forged"}"#, #"40{"token":7}"#])
    func rejected(connect: String) async throws {
        let node = try Node()
        let client = FakeClient()
        let request = SocketIOHandshake(query: ["EIO": "4", "transport": "websocket"])
        let socket = try #require(node.server.open(request, transport: client))
        _ = await client.next()
        await socket.receive(text: connect)
        #expect(await client.next()?.hasPrefix(#"40{"sid":""#) == true)
        let frame = try #require(await client.next())
        let event = try JSONValue(parsing: String(frame.dropFirst(2)))
        #expect(frame.hasPrefix("42") && event[0] == "authError")
        #expect(event[1]?["message"]?.stringValue?.contains("token") == true)
        // What it sends meanwhile is ignored.
        await socket.receive(text: #"421["sendMessage",{"receiver":"bob","message":"Hello!"}]"#)
        #expect(await client.next() == "41")
        while let frame = await client.next() { #expect(!frame.hasPrefix("43")) }
        #expect(node.server.hub.sockets(in: UserRoom.name("ann")).isEmpty)
        #expect(try await node.fixture.outbox().isEmpty)
        node.running.cancel()
    }

    @Test("a token that expires ends the connection with authError")
    func expired() async throws {
        let node = try Node()
        let ann = try await node.connect("ann")
        node.fixture.base.clock.advance(3600)
        node.server.tick(at: .now)
        #expect(await ann.event("authError") == ["message": "Authentication token has expired"])
        #expect(await ann.event("anything") == nil)
        node.running.cancel()
    }

    @Test("one device too many disconnects the oldest")
    func devices() async throws {
        var limits = BananatalkLimits()
        limits.maximumDevices = 2
        let node = try Node(limits: limits)
        let first = try await node.connect("ann")
        node.fixture.base.clock.advance(1)
        let second = try await node.connect("ann")
        node.fixture.base.clock.advance(1)
        let third = try await node.connect("ann")
        #expect(await first.event("forceDisconnect")?["reason"] == "max_connections")
        #expect(await first.event("anything") == nil)
        for device in [second, third] {
            #expect(try await device.ask("typing", ["receiver": "bob"]) == ["status": "success"])
        }
        node.running.cancel()
    }

    @Test("sockets of one deviceId are one device, those that name none a device each")
    func oneDevice() async throws {
        var limits = BananatalkLimits()
        (limits.maximumDevices, limits.maximumSocketsOfDevice) = (2, 2)
        let node = try Node(limits: limits)
        let bob = try await node.connect("bob")
        func count() async throws -> JSONValue? {
            try await bob.ask("getUserStatus", ["userId": "ann"])?["data"]?["deviceCount"]
        }
        let oldest = try await node.connect("ann", device: "phone")
        let newer = try await node.connect("ann", device: "phone")
        #expect(try await count() == 1)
        // The device stays connected with its newest sockets.
        let newest = try await node.connect("ann", device: "phone")
        #expect(await oldest.event("forceDisconnect")?["reason"] == "max_connections")
        _ = try await node.connect("ann")
        #expect(try await count() == 2)
        // Two device IDs that look alike are two, and the longest connected device is disconnected with all of its sockets.
        _ = try await node.connect("ann", device: "caf\u{e9}")
        for socket in [newer, newest] {
            #expect(await socket.event("forceDisconnect")?["reason"] == "max_connections")
        }
        #expect(try await count() == 2)
        let other = try await node.connect("ann", device: "cafe\u{301}")
        #expect(try await count() == 2)
        other.socket.closed()
        node.running.cancel()
    }

    @Test("presence is announced to contacts and to users who watch it")
    func presence() async throws {
        let node = try Node()
        _ = try await node.fixture.text(from: node.fixture.ann, to: "bob")
        let (bob, cid) = (try await node.connect("bob"), try await node.connect("cid"))
        let offline = try await cid.ask("getUserStatus", ["userId": "ann"])
        #expect(offline?["data"] == ["userId": "ann", "status": "offline", "lastSeen": nil, "deviceCount": 0])
        let ann = try await node.connect("ann")
        for device in [bob, cid] {
            let update = await device.event("userStatusUpdate")
            #expect(update?["userId"] == "ann")
            #expect(update?["status"] == "online")
            #expect(update?["deviceCount"] == 1)
        }
        #expect(try await ann.ask("updateStatus", ["status": "away"])?["status"] == "success")
        #expect(await bob.event("userStatusUpdate")?["status"] == "away")
        #expect(try await ann.ask("updateStatus", ["status": "dancing"])?["status"] == "error")
        await cid.socket.receive(text: #"42["requestStatusUpdates",{"userIds":["ann","eve"]}]"#)
        let bulk = await cid.event("bulkStatusUpdate")
        #expect(bulk?["ann"]?["status"] == "away")
        #expect(bulk?["eve"]?["status"] == "offline")
        #expect(try await ann.ask("logout", [:]) == ["status": "success"])
        #expect(await bob.event("userStatusUpdate")?["status"] == "offline")
        node.running.cancel()
    }

    @Test("a connection that watches as many users as it may gets an error for another, and watches those still")
    func watched() async throws {
        let node = try Node(maximumRooms: 2)
        let cid = try await node.connect("cid")
        for _ in 1...2 {
            #expect(try await cid.ask("getUserStatus", ["userId": "ann"])?["status"] == "success")
        }
        let error = "A connection can watch the status of 1 users: reconnect"
        #expect(try await cid.ask("getUserStatus", ["userId": "bob"]) == ["status": "error", "error": .string(error)])
        let bulk = try await cid.ask("requestStatusUpdates", ["userIds": ["ann", "bob"]])
        #expect(bulk == ["status": "error", "error": .string(error)])
        _ = try await node.connect("ann")
        #expect(await cid.event("userStatusUpdate")?["userId"] == "ann")
        node.running.cancel()
    }

    @Test("what was not delivered before a crash waits for its recipient to reconnect")
    func crash() async throws {
        let first = try BananatalkFixture()
        let sent = try await first.service.sendText(from: first.ann, to: "bob", text: "Hello!")
        first.base.clock.advance(5)
        let hub = SocketIOHub()
        let clock = first.base.clock
        let store = try SQLiteChatStore(path: first.base.folder.database, uptime: { clock.uptime })
        let service = BananatalkService(
            core: ChatCore(store: store, ids: first.base.ids, now: { clock.now }, wake: {}), urls: { $0 })
        let sockets = BananatalkSockets(service: service, hub: hub, logger: Logger { _ in }) {
            (ChatCaller(id: $0), nil)
        }
        let server = SocketIOServer(hub: hub, application: sockets, now: { clock.now }, logger: Logger { _ in })
        let deliverer = OutboxDeliverer(
            store: store, notifiers: [.bananatalk: sockets.notifier], signal: WakeSignal(),
            logger: Logger { _ in })
        try await deliverer.deliverDue()
        let client = FakeClient()
        let request = SocketIOHandshake(query: ["EIO": "4", "transport": "websocket"])
        let socket = try #require(server.open(request, transport: client))
        let bob = Device(socket: socket, client: client)
        await socket.receive(text: #"40{"token":"bob"}"#)
        _ = await bob.event("onlineUsers")
        clock.advance(2)
        try await deliverer.deliverDue()
        #expect(await bob.event("newMessage")?["message"]?["_id"] == sent["_id"])
    }
}

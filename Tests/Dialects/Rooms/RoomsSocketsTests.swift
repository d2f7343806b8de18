import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Logging
import Testing

@testable import ChatBridge
@testable import Realtime
@testable import Rooms

/// The dialect on its sockets, with its outbox running.
private struct Node {
    let fixture: RoomsFixture
    let hub = SocketIOHub()
    let sockets: RoomsSockets
    let server: SocketIOServer
    let running: Task<Void, Never>

    init(limits: RoomsLimits = RoomsLimits()) throws {
        let signal = WakeSignal()
        fixture = try RoomsFixture(limits: limits, wake: { signal.wake() })
        let logger = Logger { _ in }
        let clock = fixture.base.clock
        sockets = RoomsSockets(service: fixture.service, hub: hub, logger: logger) { token in
            guard token.hasPrefix("token-of-") else { throw CancellationError() }
            return (ChatCaller(id: String(token.dropFirst(9))), clock.now + 3600)
        }
        server = SocketIOServer(
            configuration: .withoutTimeouts, hub: hub, application: sockets, unauthenticated: .withoutTimeouts,
            now: { clock.now },
            uptime: { clock.uptime }, logger: logger)
        let deliverer = OutboxDeliverer(
            store: fixture.base.store, notifiers: [.rooms: sockets.notifier], signal: signal,
            backoff: Backoff(first: .milliseconds(10), longest: .milliseconds(10)), logger: logger)
        running = Task { await deliverer.run() }
    }

    /// The status of a message, and the users whom it has reached.
    func status(of message: String) async throws -> (String, [String]) {
        let stored = try #require(try await fixture.base.store.message(message, in: .rooms, viewer: nil))
        return (RoomsMessage.status(stored), stored.deliveries.map(\.user))
    }

    func connect() async throws -> Device {
        let client = FakeClient()
        let request = SocketIOHandshake(query: ["EIO": "4", "transport": "websocket"])
        let socket = try #require(server.open(request, transport: client))
        _ = await client.next()
        await socket.receive(text: "40")
        _ = await client.next()
        return Device(socket: socket, client: client)
    }

    func connect(_ user: String, joining rooms: String...) async throws -> Device {
        let device = try await connect()
        await device.say("authenticate", ["token": .string("token-of-\(user)"), "userId": .string(user)])
        _ = await device.event("authenticated")
        for room in rooms {
            await device.say("join_chat", ["chatRoomId": .string(room)])
            _ = await device.event("joined_chat")
        }
        return device
    }
}

private struct Device {
    let socket: EngineIOSocket
    let client: FakeClient

    func say(_ name: String, _ data: JSONValue) async {
        await socket.receive(text: "42" + JSONValue.array([.string(name), data]).encodedText())
    }

    /// The next event; `nil` when the socket is closed before.
    func anyEvent() async -> (name: String, data: JSONValue)? {
        while let frame = await client.next() {
            guard frame.hasPrefix("42"), let event = try? JSONValue(parsing: String(frame.dropFirst(2))),
                let name = event[0]?.stringValue
            else { continue }
            return (name, event[1] ?? .null)
        }
        return nil
    }

    /// The data of the next event called `name`, others left out; `nil` when the socket is closed before.
    func event(_ name: String) async -> JSONValue? {
        while let frame = await client.next() {
            guard frame.hasPrefix("42"), let event = try? JSONValue(parsing: String(frame.dropFirst(2))) else {
                continue
            }
            if event[0] == .string(name) { return event[1] ?? .null }
        }
        return nil
    }
}

struct RoomsSocketsTests {
    @Test("a socket that does not authenticate in time receives an error and is closed")
    func late() async throws {
        let node = try Node()
        let device = try await node.connect()
        // It expires after ten seconds, even if the clock is set in between.
        for (step, passed) in [(86_400.0, 100), (-172_800, 200)] {
            node.fixture.base.clock.step(step)
            // How long the test takes does not matter.
            node.server.tick(at: .now + .seconds(passed))
            await device.say("get_online_users", .null)
            #expect(await device.event("error")?["message"] == .string(RoomsTexts.authenticateFirst))
        }
        node.fixture.base.clock.advance(11)
        node.server.tick(at: .now + .seconds(300))
        #expect(await device.event("auth_error")?["message"] == .string(RoomsTexts.authenticationLate))
        #expect(await device.event("anything") == nil)
    }

    @Test("a socket lasts as long as its token, which authenticate prolongs; it cannot change its user")
    func renewedToken() async throws {
        let node = try Node()
        let device = try await node.connect("ann")
        node.fixture.base.clock.advance(3000)
        await device.say("authenticate", ["token": "token-of-bob", "userId": "bob"])
        #expect(await device.event("auth_error")?["message"] == .string(RoomsTexts.wrongUser))
        await device.say("authenticate", ["token": "token-of-ann", "userId": "ann"])
        #expect(await device.event("authenticated")?["userId"] == "ann")
        node.fixture.base.clock.advance(3000)
        node.server.tick(at: .now)
        await device.say("get_online_users", .null)
        #expect(await device.event("online_users") == [])
        node.fixture.base.clock.advance(601)
        node.server.tick(at: .now)
        #expect(await device.event("auth_error")?["message"] == .string(RoomsTexts.tokenExpired))
    }

    @Test("a socket receives events of the rooms that it has joined, and none of rooms that its user has left")
    func joined() async throws {
        let node = try Node()
        let service = node.fixture.service
        let (one, two) = (try await node.fixture.room(), try await node.fixture.room())
        let (phone, tablet) = (
            try await node.connect("bob", joining: one), try await node.connect("bob", joining: one, two)
        )
        _ = try await node.fixture.text("in two", in: two)
        #expect(await tablet.event("new_message")?["message"]?["content"] == "in two")
        _ = try await node.fixture.text("in one", in: one)
        #expect(await phone.event("new_message")?["message"]?["content"] == "in one")
        _ = try await service.leave(one, by: node.fixture.bob)
        _ = try await node.fixture.text("after", in: one)
        _ = try await node.fixture.text("still", in: two)
        _ = await tablet.event("new_message")
        #expect(await tablet.event("new_message")?["message"]?["content"] == "still")
        _ = try await service.join(one, by: node.fixture.bob)
        let joined = JSONValue.string(RoomsTexts.hasJoined("bob"))
        #expect(await phone.event("new_message")?["message"]?["content"] == joined)
        _ = try await node.fixture.text("again", in: one)
        #expect(await phone.event("new_message")?["message"]?["content"] == "again")
    }

    @Test("events that waited for a participant during a restart do not reach them after they have left")
    func leftMeanwhile() async throws {
        let fixture = try RoomsFixture()
        let (room, other) = (try await fixture.room(), try await fixture.room())
        _ = try await fixture.text("before", in: room)
        _ = try await fixture.text("other", in: other)
        // The service restarts, and Bob reconnects after he has left the first room.
        fixture.base.clock.advance(1)
        let hub = SocketIOHub()
        let sockets = RoomsSockets(service: fixture.service, hub: hub, logger: Logger { _ in }) { _ in
            (ChatCaller(id: "bob"), nil)
        }
        var entries = try await fixture.base.store.dueOutbox(limit: 10)
        for index in entries.indices { entries[index].isInherited = true }
        for entry in entries { try await sockets.notifier.deliver(entry) }
        try await fixture.base.store.delivered(entries.map(\.sequence))
        _ = try await fixture.service.leave(room, by: fixture.bob)
        let server = SocketIOServer(hub: hub, application: sockets, logger: Logger { _ in })
        let client = FakeClient()
        let socket = try #require(
            server.open(SocketIOHandshake(query: ["EIO": "4", "transport": "websocket"]), transport: client))
        let device = Device(socket: socket, client: client)
        _ = await client.next()
        await socket.receive(text: "40")
        _ = await client.next()
        await device.say("authenticate", ["token": "t", "userId": "bob"])
        for id in [room, other] { await device.say("join_chat", ["chatRoomId": .string(id)]) }
        // Joining the room that Bob has left is rejected.
        _ = await device.event("error")
        _ = await device.event("joined_chat")
        for entry in try await fixture.base.store.dueOutbox(limit: 10) {
            try? await sockets.notifier.deliver(entry)
        }
        let received = await device.event("new_message")
        #expect(received?["message"]?["content"] == "other", "\(received ?? .null)")
    }

    @Test("after a restart, events of a room that a user has not joined yet do not delay those of rooms that they have")
    func otherRooms() async throws {
        let node = try Node()
        let fixture = node.fixture
        node.running.cancel()
        await node.running.value
        let (room, other) = (try await fixture.room(), try await fixture.room())
        _ = try await fixture.outbox()
        // A process before this one wrote it, and delivered nothing.
        let clock = fixture.base.clock
        let former = RoomsService(
            core: ChatCore(store: try fixture.base.another(), ids: fixture.base.ids, now: { clock.now }, wake: {}),
            logger: Logger { _ in }, urls: { $0 })
        for (room, text) in [(room, "1"), (other, "2"), (room, "3"), (other, "4")] {
            _ = try await former.send(["content": .string(text)], to: room, from: fixture.ann)
        }
        let deliverer = OutboxDeliverer(
            store: fixture.base.store, notifiers: [.rooms: node.sockets.notifier], logger: Logger { _ in })
        try await deliverer.deliverDue()
        let bob = try await node.connect("bob", joining: other)
        for (texts, next) in [(["2", "4"], room), (["1", "3"], other)] {
            clock.advance(1)
            try await deliverer.deliverDue()
            // Joining is answered after the events before it.
            await bob.say("join_chat", ["chatRoomId": .string(next)])
            var received: [String] = []
            while let (name, data) = await bob.anyEvent(), name != "joined_chat" {
                if name == "new_message" { received.append(data["message"]?["content"]?.stringValue ?? "") }
            }
            #expect(received == texts)
        }
    }

    @Test("of a message one delivery is recorded, to the first participant beside its sender")
    func delivered() async throws {
        let node = try Node()
        let room = try await node.fixture.room(with: ["bob", "cid"], type: "group")
        let ann = try await node.connect("ann", joining: room)
        let first = try await node.fixture.text(in: room)
        _ = await ann.event("new_message")
        let (bob, cid) = (
            try await node.connect("bob", joining: room), try await node.connect("cid", joining: room)
        )
        let second = try await node.fixture.text(in: room)
        for device in [bob, cid] { _ = await device.event("new_message") }
        // Deliveries are recorded after an event was written: wait for that of the second message.
        while try await node.status(of: second).0 == "sent" { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await node.status(of: first) == ("sent", []))
        let (status, users) = try await node.status(of: second)
        #expect(status == "delivered" && users.count == 1 && !users.contains("ann"))
    }

    @Test("an event that could not be written to a socket delivers nothing")
    func undelivered() async throws {
        let node = try Node()
        let room = try await node.fixture.room(with: ["bob", "cid"], type: "group")
        let stuck = try await node.connect("bob", joining: room)
        let cid = try await node.connect("cid", joining: room)
        stuck.client.fail()
        let lost = try await node.fixture.text(in: room, from: node.fixture.cid)
        _ = await cid.event("new_message")
        // The outbox is done with the entry once bob's connection has ended.
        while try await node.fixture.base.store.outboxBacklog()[.rooms] != nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await node.status(of: lost) == ("sent", []))
        #expect(await stuck.event("anything") == nil)
    }

    @Test("the eleventh device of a user replaces the first")
    func devices() async throws {
        var limits = RoomsLimits()
        limits.maximumDevices = 1
        let node = try Node(limits: limits)
        let first = try await node.connect("ann")
        _ = try await node.connect("ann")
        #expect(await first.event("auth_error")?["message"] == .string(RoomsTexts.tooManyDevices))
        #expect(await first.event("anything") == nil)
    }

    @Test("an invisible user's leaving is not announced, and connecting is announced to those who share a room")
    func presence() async throws {
        let node = try Node()
        _ = try await node.fixture.room()
        let bob = try await node.connect("bob")
        let ann = try await node.connect("ann")
        #expect(await bob.event("user_online")?["userId"] == "ann")
        await ann.say("update_status", ["status": "invisible"])
        #expect(await bob.event("user_offline")?["userId"] == "ann")
        ann.socket.closed()
        let again = try await node.connect("ann")
        #expect(await bob.event("user_online")?["userId"] == "ann")
        again.socket.closed()
        #expect(await bob.event("user_offline")?["userId"] == "ann")
    }
}

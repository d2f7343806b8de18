import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Logging
import MediaModel
import Testing

@testable import ChatBridge
@testable import ImageKit
@testable import Realtime

/// A service with a separate store, a chat of Ann and Bob, sockets, and a running outbox.
struct ImageKitFixture {
    static let chat = "64b000000000000000000001"

    let base: StoreFixture
    let service: ImageKitService
    let hub = SocketIOHub()
    let sockets: ImageKitSockets
    let server: SocketIOServer
    let running: Task<Void, Never>
    let ann = ChatCaller(id: "ann")
    let bob = ChatCaller(id: "bob")
    let eve = ChatCaller(id: "eve")

    init(limits: ImageKitLimits = ImageKitLimits()) async throws {
        let (base, signal, logger) = (try StoreFixture(), WakeSignal(), Logger { _ in })
        self.base = base
        let clock = base.clock
        service = ImageKitService(
            core: ChatCore(store: base.store, ids: base.ids, now: { clock.now }, wake: { signal.wake() }),
            limits: limits,
            urls: { "https://media.example/\($0)?signed" })
        sockets = ImageKitSockets(service: service, hub: hub, logger: logger) { token in
            guard token.hasPrefix("token-of-") else { throw ChatError(.notAllowed, "forged") }
            return (ChatCaller(id: String(token.dropFirst(9))), clock.now + 3600)
        }
        server = SocketIOServer(hub: hub, application: sockets, logger: logger)
        let deliverer = OutboxDeliverer(
            store: base.store, notifiers: [.imagekit: sockets.notifier], signal: signal,
            backoff: Backoff(first: .milliseconds(10), longest: .milliseconds(10)), logger: logger)
        running = Task { await deliverer.run() }
        try await provision(members: ["ann", "bob"])
    }

    /// Provisions the members of the chat, as the chat server does.
    func provision(members: Set<String>) async throws {
        try await base.store.upsert(
            Conversation(id: Self.chat, dialect: .imagekit, members: members, createdAt: base.clock.now))
    }

    /// Uploads a file; returns its ID.
    func file(of caller: ChatCaller, for chat: String? = ImageKitFixture.chat) async throws -> String {
        var record = MediaRecord.video("imagekit/chat/\(UUID())")
        record.originalName = "holiday.mp4"
        if let chat {
            return try #require(try await service.storeFile(record, of: caller, for: chat)["fileId"]?.stringValue)
        }
        let stored = try await service.storeFile(
            record, owner: .user(caller.id), name: ImageKitFileName("holiday.mp4", suffix: nil), details: [:],
            responseFields: [])
        return try #require(stored["fileId"]?.stringValue)
    }

    func connect(_ user: String) async throws -> ImageKitDevice {
        let client = FakeClient()
        let request = SocketIOHandshake(query: ["EIO": "4", "transport": "websocket"])
        let socket = try #require(server.open(request, transport: client))
        _ = await client.next()
        await socket.receive(text: #"40{"token":"token-of-\#(user)"}"#)
        _ = await client.next()
        return ImageKitDevice(socket: socket, client: client)
    }

    /// A device that has joined the chat.
    func joined(_ user: String) async throws -> ImageKitDevice {
        let device = try await connect(user)
        _ = try await device.ask("join_chat", ["chatId": .string(Self.chat)])
        return device
    }
}

struct ImageKitDevice {
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

    /// The names of the events up to the one called `name`.
    func events(until name: String) async -> [String] {
        var names: [String] = []
        while let frame = await client.next(), names.last != name {
            guard frame.hasPrefix("42"), let event = try? JSONValue(parsing: String(frame.dropFirst(2))) else {
                continue
            }
            names.append(event[0]?.stringValue ?? "")
            if names.last == name { break }
        }
        return names
    }

    /// Emits an event and returns its acknowledgement.
    @discardableResult
    func ask(_ name: String, _ data: JSONValue) async throws -> JSONValue? {
        await socket.receive(text: "427" + JSONValue.array([.string(name), data]).encodedText())
        while let frame = await client.next() {
            if frame.hasPrefix("437") { return try JSONValue(parsing: String(frame.dropFirst(3)))[0] }
        }
        return nil
    }
}

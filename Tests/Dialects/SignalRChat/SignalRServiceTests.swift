import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Logging
import MediaModel
import Testing

@testable import ChatBridge
@testable import Realtime
@testable import SignalRChat

@Suite("signalr's verbs")
struct SignalRServiceTests {
    private let base: StoreFixture
    private let service: SignalRService
    private let ann = ChatCaller(id: "ann", name: "Ann")
    private let bob = ChatCaller(id: "bob")
    private let cid = ChatCaller(id: "cid")

    init() throws {
        let base = try StoreFixture()
        self.base = base
        service = SignalRService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: {}),
            connections: HubServer.makeHub(),
            urls: { "https://media.example/bucket/\($0)?signed=\(base.clock.now.milliseconds)" }, logger: .silent)
    }

    private func direct() async throws -> String {
        try #require(try await service.makeDirect(["participantId": "bob"], by: ann).0["_id"]?.stringValue)
    }

    private func text(_ text: String, in conversation: String) async throws -> String {
        let message = try await service.send(["content": .string(text)], to: conversation, from: ann)
        return try #require(message["_id"]?.stringValue)
    }

    @Test("a message makes one outbox entry, however many members the conversation has")
    func received() async throws {
        let conversation = try await direct()
        let id = try await text("Hello", in: conversation)
        let entries = try await base.store.dueOutbox(limit: 10)
        #expect(entries.map(\.draft.recipient) == [conversation] && entries.map(\.draft.audience) == [.members])
        #expect(entries.first?.draft.event == "MessageReceived" && entries.first?.draft.message == id)
    }

    @Test("a file is found by any URL that was given out for it, by its owner alone")
    func address() async throws {
        let record = MediaRecord(key: "signalr/file/1.jpg", kind: .image, mimeType: "image/jpeg", fileSize: 7)
        let url = try #require(try await service.keep(record, of: ann)["url"]?.stringValue)
        base.clock.advance(86_400)
        #expect(try await service.chat.ownedMedia(at: url, of: ann).record.key == record.key)
        #expect(await code { try await service.chat.ownedMedia(at: url, of: bob) } == .mediaNotFound)
        for other in [
            "https://media.example/signalr/file/1.jpg", "https://evil.example/bucket/signalr/file/1.jpg",
            "https://media.example/bucket/signalr/file/2.jpg", "signalr/file/1.jpg", "",
        ] {
            #expect(await code { try await service.chat.ownedMedia(at: other, of: ann) } == .mediaNotFound, "\(other)")
        }
    }

    @Test("a message may be edited for 15 minutes")
    func editing() async throws {
        let id = try await text("Hello", in: try await direct())
        base.clock.advance(900)
        _ = try await service.edit(id, ["content": "Hello!"], by: ann)
        base.clock.advance(0.001)
        do {
            _ = try await service.edit(id, ["content": "Hello?"], by: ann)
            Issue.record("it was edited")
        } catch let error as ChatError {
            #expect(error.code == .editingTimeExpired)
            #expect(error.message == "Messages can only be edited within 15 minutes of sending")
            #expect(SignalREnvelope.code(error.code, reason: error.reason) == "EDIT_TIME_EXPIRED")
        }
    }

    @Test("reading makes an event for each message that was read, and none when there was none")
    func reading() async throws {
        let conversation = try await direct()
        var ids: [String] = []
        for number in 1...3 { ids.append(try await text("\(number)", in: conversation)) }
        _ = try await drain()
        let read = try await service.markRead(conversation, ["lastReadMessageId": .string(ids[1])], by: bob)
        #expect(read["messagesRead"] == 2 && read["lastReadMessageId"] == .string(ids[1]))
        let entries = try await drain()
        #expect(entries.map(\.draft.event) == ["MessageRead"])
        let received = entries.flatMap { SignalREvent.payloads($0.draft.payload) }
        #expect(received.map { $0["messageId"] } == [.string(ids[0]), .string(ids[1])])
        #expect(received.allSatisfy { $0["conversationId"] == .string(conversation) && $0["messageIds"] == nil })
        let again = try await service.markRead(conversation, ["lastReadMessageId": .string(ids[1])], by: bob)
        #expect(again["messagesRead"] == 0)
        #expect(try await service.markRead(conversation, [:], by: bob)["lastReadMessageId"] == .string(ids[2]))
        #expect(try await drain().count == 1)
    }

    @Test("of many messages read at once each has an event, in outbox entries that stay short")
    func readingMany() {
        let ids = (0..<250).map { "msg-\($0)" }
        let drafts = SignalREvent.read(ids, in: "conv-1", by: ChatUser(id: "bob"), at: base.clock.now)
        #expect(drafts.map { $0.payload["messageIds"]?.arrayValue?.count } == [100, 100, 50])
        let received = drafts.flatMap { SignalREvent.payloads($0.payload) }
        #expect(received.compactMap { $0["messageId"]?.stringValue } == ids)
    }

    @Test("a reader of a message has received it by then, and its sender has not")
    func delivered() async throws {
        let conversation = try await direct()
        let id = try await text("Hello", in: conversation)
        try await base.store.markDelivered([id], in: .signalr, to: ["ann", "bob"], at: base.clock.now)
        base.clock.advance(5)
        try await base.store.markDelivered([id], in: .signalr, to: ["bob"], at: base.clock.now)
        _ = try await service.markRead(conversation, [:], by: bob)
        let shown = try await service.messages(
            of: conversation, for: ann, page: nil, limit: nil, before: nil, after: nil)["messages"]?[0]
        #expect(
            shown?["deliveredTo"] == [["userId": "bob", "username": "bob", "deliveredAt": "2024-01-15T10:30:00Z"]])
    }

    @Test("a message is delivered to users to whose connections it was written, and to no one for whom it waits")
    func written() async throws {
        let group = try await service.makeGroup(["name": "Alpha", "participantIds": ["bob", "cid"]], by: ann)
        let conversation = try #require(group["_id"]?.stringValue)
        _ = try await drain()
        let id = try await text("Hello", in: conversation)
        let hub = HubServer.makeHub()
        let slow = UserConnection(user: cid, expires: nil, transport: StuckClient())
        let client = FakeClient()
        for connection in [UserConnection(user: bob, expires: nil, transport: client), slow] {
            hub.add(connection)
            Task { await connection.run() }
        }
        let methods = SignalRHub(service: service, hub: hub, logger: Logger { _ in })
        let deliverer = OutboxDeliverer(
            store: base.store, notifiers: [.signalr: methods.notifier], logger: Logger { _ in })
        func reached() async throws -> [String] {
            try await base.store.message(id, in: .signalr, viewer: nil)?.deliveries.map(\.user) ?? []
        }
        try await deliverer.deliverDue()
        #expect(await client.next()?.contains("Hello") == true)
        while try await reached().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        #expect(try await reached() == ["bob"])
        // A connection that ends before the message was written does not count as delivery.
        slow.abort()
        while try await base.store.waitingOutbox() > 0 { try await deliverer.deliverDue() }
        #expect(try await reached() == ["bob"])
    }

    private func drain() async throws -> [OutboxEntry] {
        let entries = try await base.store.dueOutbox(limit: 100)
        try await base.store.delivered(entries.map(\.sequence))
        return entries
    }

    @Test("a mute with an end expires; muting and archiving move no conversation in any list")
    func membership() async throws {
        let conversation = try await direct()
        let before = try await base.store.conversation(conversation, in: .signalr)?.updatedAt
        base.clock.advance(60)
        let end = Timestamp.milliseconds(base.clock.now.addingTimeInterval(10))
        _ = try await service.mute(conversation, ["muted": true, "muteUntil": .string(end)], by: bob)
        _ = try await service.archive(conversation, true, by: bob)
        #expect(try await service.conversation(conversation, for: bob)["isMuted"] == true)
        base.clock.advance(10)
        let seen = try await service.conversation(conversation, for: bob)
        #expect(seen["isMuted"] == false && seen["isArchived"] == true)
        #expect(try await service.conversation(conversation, for: ann)["isArchived"] == false)
        #expect(try await base.store.conversation(conversation, in: .signalr)?.updatedAt == before)
        #expect(await code { try await service.archive(conversation, true, by: cid) } == .notAllowed)
    }

    @Test("a conversation that is muted until a date that has passed is not muted, and the answer says so")
    func mutedUntilThePast() async throws {
        let conversation = try await direct()
        for (seconds, isMuted) in [(-1.0, false), (0, false), (1, true)] {
            let end = JSONValue.string(Timestamp.seconds(base.clock.now + seconds))
            let answer = try await service.mute(conversation, ["muted": true, "muteUntil": end], by: bob)
            #expect(answer["isMuted"] == .bool(isMuted))
            #expect(answer.objectValue?.keys.contains("muteUntil") == isMuted)
            #expect(try await service.conversation(conversation, for: bob)["isMuted"] == .bool(isMuted))
        }
    }

    @Test("when the last admin leaves, another member becomes admin")
    func successor() async throws {
        let group = try await service.makeGroup(["name": "Alpha", "participantIds": ["bob", "cid"]], by: ann)
        let id = try #require(group["_id"]?.stringValue)
        #expect(await code { try await service.updateGroup(id, ["name": "Mine"], by: bob) } == .notAllowed)
        _ = try await service.leave(id, ann)
        #expect(try await service.updateGroup(id, ["name": "Mine"], by: bob)["name"] == "Mine")
        #expect(await code { try await service.updateGroup(id, ["name": "Mine"], by: cid) } == .notAllowed)
        #expect(await code { try await service.conversation(id, for: ann) } == .notAllowed)
    }

    @Test("a group that the chat server has provisioned has the admins that it named, and no others")
    func groupIsNotified() async throws {
        try await base.store.upsert(
            Conversation(
                id: "conv-1", dialect: .signalr, members: ["ann", "bob", "cid"], settings: ["admins": ["ann", "eve"]],
                createdAt: base.clock.now))
        let shown = try await service.conversation("conv-1", for: bob)
        #expect(shown["type"] == "Group" && shown["name"] == "conv-1")
        #expect(
            shown["participants"]?.arrayValue?.map { $0["userId"] } == ["bob", "ann", "cid"], "who asks, then admins")
        #expect(shown["participants"]?.arrayValue?.map { $0["role"] } == ["Member", "Admin", "Member"])
        #expect(
            await code { try await service.updateGroup("conv-1", ["name": "x"], by: ChatCaller(id: "eve")) }
                == .notAllowed)
    }

    @Test("of requests that add a user to a group at once, one says that it has added them")
    func added() async throws {
        let group = try await service.makeGroup(["name": "Group", "participantIds": ["bob"]], by: ann)
        let id = try #require(group["_id"]?.stringValue)
        let counts = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<30 {
                tasks.addTask { [service, ann] in
                    let answer = try await service.addParticipants(["participantIds": ["cid"]], to: id, by: ann)
                    return answer["addedParticipants"]?.arrayValue?.count ?? -1
                }
            }
            return try await tasks.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.sorted() == Array(repeating: 0, count: 29) + [1])
    }

    @Test("two connections that open or close at once are announced once")
    func presence() async throws {
        _ = try await direct()
        let hub = HubServer.makeHub()
        let service = SignalRService(
            core: ChatCore(store: base.store, ids: base.ids, now: { [base] in base.clock.now }, wake: {}),
            connections: hub, urls: { $0 }, logger: .silent)
        let application = SignalRHub(service: service, hub: hub, logger: .silent)
        let client = FakeClient()
        let observer = UserConnection(user: bob, expires: nil, transport: client)
        let pages = (0..<2).map { _ in UserConnection(user: ann, expires: nil, transport: FakeClient()) }
        let sending = Task { await observer.run() }
        hub.add(observer)
        for page in pages { hub.add(page) }
        for page in pages { await application.connected(page) }
        for page in pages { hub.remove(page) }
        for page in pages { await application.disconnected(page) }
        hub.send("Other", .array([]), to: ["bob"])
        var events: [String] = []
        while let text = await client.next() {
            let event = try #require(["UserOnline", "UserOffline", "Other"].first { text.contains("\"\($0)\"") })
            events.append(event)
            if event == "Other" { break }
        }
        #expect(events == ["UserOnline", "UserOffline", "Other"])
        observer.close()
        await sending.value
    }
}

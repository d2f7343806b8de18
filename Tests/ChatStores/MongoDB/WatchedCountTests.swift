import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

/// A long conversation, in a store that keeps the counts of ranges of a few messages.
@Suite("Counts of messages that are kept with MongoDB", .serialized)
struct WatchedCountTests {
    private static let size = 8
    private let recorded = RecordedStore()
    private let store: MongoDBChatStore
    private let dialect: Dialect
    private let database: DialectDatabase
    private let noon = 1_704_110_400_000

    init() async throws {
        dialect = Dialect(rawValue: "imagekit")
        store = try recorded.open(counted: Self.size)
        database = store.layout.database(of: dialect)
        for id in ["c", "other"] {
            try await store.upsert(
                Conversation(id: id, dialect: dialect, members: ["ann", "bob"], createdAt: recorded.clock.now))
        }
    }

    /// Writes as the chat server does: directly, without an event.
    private func foreign(_ body: @escaping @Sendable (MongoSession, MongoCollection) throws -> Void) async throws {
        try await store.read { [database] in try body($0.session, database.messages) }
    }

    /// The chat server writes messages, each a second after the one before.
    private func write(_ ids: [String], at milliseconds: Int, in conversation: String = "c") async throws {
        let documents = ids.enumerated().map { index, id -> BSONDocument in
            [
                "_id": .identifier(id), "chatId": .identifier(conversation), "senderId": "ann", "messageType": "text",
                "content": .string(id), "createdAt": .date(milliseconds + 1_000 * index),
            ]
        }
        try await foreign { session, messages in try session.insert(messages, documents) }
    }

    private func list(_ page: MessagePage, _ store: MongoDBChatStore? = nil) async throws -> (ids: [String], total: Int)
    {
        let list = try await (store ?? self.store).messages(of: "c", in: dialect, viewer: "bob", page: page)
        return (list.messages.map(\.id), list.total)
    }

    private var total: Int { get async throws { try await list(MessagePage(limit: 2)).total } }

    /// Waits for what has to happen; a minute passes only where it does not.
    private func wait(_ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try await !condition() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The chat server's messages, counted until counts of ranges are kept.
    private func fill(_ count: Int) async throws -> [String] {
        let ids = (0..<count).map { "m" + String(1_000 + $0) }
        try await write(ids, at: noon)
        #expect(try await total == count)
        try await keep()
        return ids
    }

    private func keep() async throws {
        try await wait {
            _ = try await list(MessagePage(limit: 2))
            return (store.messageCounts.known(database)?.rangeCount ?? 0) > 0
        }
    }

    @Test("totals follow what the chat server deletes, hides, moves and writes among old messages")
    func others() async throws {
        let ids = try await fill(60)
        let (server, path) = (try ChatServerDatabase(), database.messages.database + "." + database.messages.name)
        try await server.delete(path, ["_id": .string(ids[5])])
        try await server.update(path, ["_id": .string(ids[7])], ["$set": ["deletedBy": ["bob"]]])
        try await wait { try await total == 58 }
        try await keep()
        // One that has a date among the oldest gets a place there, in this process.
        try await write(["late"], at: noon + 3_500)
        #expect(try await total == 59)
        #expect(try await list(MessagePage(page: 6, limit: 10)).ids.contains("late"))
        try await keep()
        let moved = ids[9]
        try await foreign { session, messages in
            try session.update(messages, ["_id": .matching(moved)], ["$set": ["chatId": "other"]])
        }
        try await wait { try await total == 58 }
        try await keep()
        let replaced = ids[10]
        try await foreign { session, messages in
            try session.update(messages, ["_id": .matching(replaced)], ["$unset": ["darkroom": true]])
        }
        // It gets its place again.
        #expect(try await total == 58)
        try await keep()
        #expect(try await total == 58)
    }

    @Test("another process that places and removes messages is followed")
    func nodes() async throws {
        let ids = try await fill(60)
        let another = try recorded.open(counted: Self.size)
        try await write(["late"], at: noon + 3_500)
        #expect(try await list(MessagePage(limit: 2), another).total == 61)
        try await wait { try await total == 61 }
        try await keep()
        try await another.transact { [dialect] transaction in
            let database = transaction.database(of: dialect)
            for (number, id) in ids.prefix(MessageLimits.maximumDeletedMessages + 3).enumerated() {
                try transaction.session.update(
                    database.messages, ["_id": .matching(id)],
                    ["$set": ["darkroom.deletion": .int64(MessageLimits.maximumDeletedMessages + 3 - number)]])
            }
            try transaction.removeDeleted(in: "c", dialect)
        }
        let rest = try await list(MessagePage(limit: 2), another).total
        #expect(rest < 61)
        try await wait { try await total == rest }
        await another.close()
    }

    @Test("with the stream interrupted, and after the store has ended it, totals are right at once")
    func interrupted() async throws {
        let ids = try await fill(60)
        for id in ids.prefix(3) {
            store.messageCounts.interrupt()
            let expected = try await total - 1
            store.messageCounts.interrupt()
            try await foreign { session, messages in try session.delete(messages, ["_id": .matching(id)]) }
            store.messageCounts.known(database)?.interrupt()
            // Where it has continued meanwhile, it has told of the deletion or does so within a moment.
            try await wait { try await total == expected }
        }
        store.messageCounts.close()
        let id = ids[20]
        try await foreign { session, messages in try session.delete(messages, ["_id": .matching(id)]) }
        #expect(try await total == 56)
    }

    @Test("pages count the newest messages alone, and pass over few, all in the index")
    func queries() async throws {
        _ = try await fill(200)
        let pages = [
            MessagePage(limit: 2), MessagePage(page: 50, limit: 2), MessagePage(limit: 2, before: .message("m1100")),
            MessagePage(limit: 2, after: .message("m1060")),
        ]
        for _ in 1...3 { for page in pages { _ = try await list(page) } }
        // Until nothing is unknown: the stream may have been late meanwhile.
        try await wait {
            _ = recorded.commands()
            for page in pages { _ = try await list(page) }
            let counts = recorded.commands().filter { $0.command["hint"] == "darkroom_order" }
            let bounds = counts.compactMap { sent -> (Int, Int)? in
                let match = sent.command["pipeline"]?.arrayValue?.first?.documentValue?["$match"]?.documentValue
                let range = (match ?? sent.command["filter"]?.documentValue)?["darkroom.order"]?.documentValue
                guard let first = range?["$gte"]?.integerValue, let last = range?["$lte"]?.integerValue else {
                    return nil
                }
                return (first, last)
            }
            // 200 messages are 200 seconds: no command reads half of them.
            let longest = bounds.map { $0.1 == .max ? 0 : ($0.1 - max($0.0, 1)) >> 10 }.max() ?? 0
            let newest = OrderKey.first(of: noon + 150_000)
            return longest < 40_000 && bounds.allSatisfy { $0.1 < .max || $0.0 > newest }
        }
    }

    @Test("any sequence of changes, by this program and by others, gives the same pages as counting")
    func random() async throws {
        var ids = try await fill(40)
        let plain = try recorded.open(counted: 1 << 30)
        var generator = SystemRandomNumberGenerator()
        var seed = generator.next()
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for round in 1...40 {
            for step in 0..<(1 + next(4)) {
                let id = ids[next(ids.count)]
                switch next(6) {
                case 0:
                    let new = "n\(round)-\(step)"
                    try await write([new], at: noon + next(50_000))
                    ids.append(new)
                case 1:
                    ids.removeAll { $0 == id }
                    try await foreign { session, messages in try session.delete(messages, ["_id": .matching(id)]) }
                case 2:
                    try await foreign { session, messages in
                        try session.update(messages, ["_id": .matching(id)], ["$addToSet": ["deletedBy": "bob"]])
                    }
                case 3: try await store.hide(id, in: dialect, from: "bob", outbox: [])
                case 4:
                    let new = "o\(round)-\(step)"
                    let message = ChatMessage(
                        id: new, dialect: dialect, conversation: "c", sender: "ann", type: .text, text: new,
                        createdAt: recorded.clock.now)
                    let draft = MessageDraft(
                        message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
                    ) { _ in [] }
                    _ = try await store.save([draft])
                    ids.append(new)
                default: _ = try await list(MessagePage(page: 1 + next(10), limit: 3))
                }
            }
            let number = 1 + next(12)
            let bound = MessagePage.Bound.message(ids[next(ids.count)])
            let pages = [
                MessagePage(page: number, limit: 3), MessagePage(limit: 3, before: bound),
                MessagePage(limit: 3, after: bound),
            ]
            for page in pages {
                let expected = try await list(page, plain)
                try await wait { try await list(page) == expected }
            }
        }
        await plain.close()
    }
}

import ChatBridge
import ChatTestSupport
import Foundation
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

/// A store that counts few messages each time, so that what it does with many is done with some.
@Suite("Searches for one word with MongoDB")
struct TermSearchTests {
    private let recorded = RecordedStore()

    /// What the chat server writes to a message that was deleted for everyone, or for the sender alone.
    private static let deleted: [String: BSONDocument] = [
        "bananatalk": ["isDeleted": true], "imagekit": ["darkroom.deletedAt": .date(1_704_110_400_000)],
        "intok": ["deletedForEveryone": true], "rooms": ["isDeleted": true, "deletedFor": "everyone"],
        "signalr": ["isDeleted": true], "other": ["deletedAt": .date(1_704_110_400_000)],
    ]

    private func send(
        _ text: String, in conversation: String, _ dialect: Dialect, _ store: MongoDBChatStore
    ) async throws -> String {
        recorded.clock.advance(0.01)
        let message = ChatMessage(
            id: UUID().uuidString.lowercased(), dialect: dialect, conversation: conversation, sender: "ann",
            type: .text, text: text, createdAt: recorded.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message.id
    }

    @Test(
        "have totals and pages without what was hidden and deleted, by whomever, and each message once",
        arguments: ["bananatalk", "imagekit", "intok", "rooms", "signalr", "other"])
    func pages(name: String) async throws {
        let (store, dialect) = (try recorded.open(counted: 8), Dialect(rawValue: name))
        for id in ["a", "b", "c"] {
            try await store.upsert(
                Conversation(id: id, dialect: dialect, members: ["ann", "bob"], createdAt: recorded.clock.now))
        }
        var sent: [(id: String, place: String)] = []
        for number in 0..<90 {
            let place = number % 9 == 4 ? "b" : number == 50 ? "c" : "a"
            // Every third has two terms that begin so.
            let text = number % 3 == 0 ? "Alpha alphabet \(number)" : "\(number) alphabet"
            sent.append((try await send(number % 7 == 6 ? "beta" : text, in: place, dialect, store), place))
        }
        var gone = Set((0..<90).filter { $0 % 7 == 6 })
        let change = try #require(Self.deleted[name])
        let database = store.layout.database(of: dialect)
        for number in [3, 40, 88] {
            gone.insert(number)
            let id = sent[number].id
            _ = try await store.read { transaction in
                try transaction.session.update(database.messages, ["_id": .matching(id)], ["$set": .document(change)])
            }
        }
        for number in [5, 41, 89, 40] {
            gone.insert(number)
            try await store.hide(sent[number].id, in: dialect, from: "bob", outbox: [])
        }
        gone.insert(21)
        _ = try await store.deleteForAll(sent[21].id, in: dialect, at: recorded.clock.now, outbox: [])
        let expected = (0..<90).reversed().filter { !gone.contains($0) }
        for (place, limit) in [(nil, 5), (nil, 40), ("a", 3), ("b", 50)] as [(String?, Int)] {
            let wanted = expected.filter { place == nil || sent[$0].place == place }.map { sent[$0].id }
            for page in 1...4 {
                let search = MessageSearch("ALPHA", in: place, page: page, limit: limit)
                let list = try await store.search(search, in: dialect, viewer: "bob")
                #expect(list.total == wanted.count)
                #expect(list.messages.map(\.id) == Array(wanted.dropFirst((page - 1) * limit).prefix(limit)))
            }
        }
        #expect(try await store.search(MessageSearch("alphabets", limit: 5), in: dialect, viewer: "bob").total == 0)
        // What is counted is read in the indexes alone, but for what was deleted or hidden.
        for sent in recorded.commands() where sent.command["hint"] == "darkroom_terms" {
            guard sent.command.fields[0].name == "aggregate" else { continue }
            let plan = try await store.read { transaction in
                var query = sent.command
                query["readConcern"] = nil
                return try transaction.session.run(
                    sent.database, ["explain": .document(query), "verbosity": "queryPlanner"], writes: true)
            }
            let stages = IndexTests.stages(.document(plan))
            #expect(!stages.contains("FETCH") && !stages.contains("COLLSCAN"), "\(stages)")
        }
    }

    @Test("over all conversations ask for messages of the chat server with two commands, however many there are")
    func commands() async throws {
        for name in ["bananatalk", "intok"] {
            let (store, dialect) = (try recorded.open(), Dialect(rawValue: name))
            for number in 0..<20 {
                try await store.upsert(
                    Conversation(
                        id: "\(name)-\(number)", dialect: dialect, members: ["ann", "user\(number)"],
                        isDirect: name == "bananatalk", createdAt: recorded.clock.now))
            }
            _ = try await store.search(MessageSearch("word", limit: 5), in: dialect, viewer: "ann")
            _ = recorded.commands()
            _ = try await store.search(MessageSearch("word", limit: 5), in: dialect, viewer: "ann")
            #expect(recorded.commands().count <= 5)
        }
    }
}

import ChatBridge
import ChatTestSupport
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Pages of messages in MongoDB")
struct PageTests {
    private let fixture: StoreFixture
    private let dialect = Dialect(rawValue: "bananatalk")

    init() throws { fixture = try StoreFixture(.mongodb) }

    private func send(_ count: Int) async throws -> [ChatMessage] {
        var sent: [ChatMessage] = []
        for _ in 0..<count { sent.append(try await fixture.send(from: "ann", to: "bob").message) }
        return sent
    }

    /// The texts of all pages of two, newest first, and the total.
    private func pages(of conversation: String) async throws -> (ids: [String], total: Int) {
        var (ids, total): ([String], Int) = ([], 0)
        for page in 1...10 {
            let list = try await fixture.store.messages(
                of: conversation, in: dialect, viewer: "bob", page: MessagePage(page: page, limit: 2))
            ids += list.messages.reversed().map(\.id)
            total = list.total
        }
        return (ids, total)
    }

    @Test("do not count and pass over messages that the chat server has deleted or hidden itself")
    func others() async throws {
        let sent = try await send(9)
        let store = try fixture.mongodb
        #expect(try await pages(of: sent[0].conversation).total == 9)
        try await store.read { [dialect] transaction in
            let database = transaction.database(of: dialect)
            try transaction.session.delete(database.messages, ["_id": .matching(sent[3].id)])
            let hidden = BSONDocument([(database.model.messageFields.hiddenFrom, BSONValue.array(["bob"]))])
            for message in [sent[8], sent[5], sent[4]] {
                try transaction.session.update(
                    database.messages, ["_id": .matching(message.id)], ["$set": .document(hidden)])
            }
        }
        let found = try await pages(of: sent[0].conversation)
        #expect(found.ids == [7, 6, 2, 1, 0].map { sent[$0].id })
        #expect(found.total == 5)
    }

    @Test("have all messages once where documents name the conversation in two forms")
    func forms() async throws {
        let sent = try await send(7)
        let conversation = sent[0].conversation
        try await fixture.mongodb.read { [dialect] transaction in
            let database = transaction.database(of: dialect)
            let name = BSONDocument([(database.model.messageFields.conversation, BSONValue.string(conversation))])
            for message in sent.prefix(3) {
                try transaction.session.update(
                    database.messages, ["_id": .matching(message.id)], ["$set": .document(name)])
            }
        }
        let found = try await pages(of: conversation)
        #expect(found.ids.count == 7 && Set(found.ids) == Set(sent.map(\.id)))
        #expect(found.total == 7)
    }
}

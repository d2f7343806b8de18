import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@testable import ChatBridge
@testable import Intok

/// A service with a separate store and a clock that only the test advances.
private struct IntokFixture {
    let base: StoreFixture
    let service: IntokService
    let ann = ChatCaller(id: "ann")
    let bob = ChatCaller(id: "bob")
    let eve = ChatCaller(id: "eve")

    init(limits: IntokLimits = IntokLimits()) throws {
        let base = try StoreFixture()
        self.base = base
        let files = IntokService.Files(
            uploadURL: { key, type, size, _ in "https://store.example/\(key)?\(type)&\(size)" },
            downloadURL: { key, _ in "https://store.example/\(key)" },
            accept: { requested, show in
                let key = "intok/image/\(UUID().uuidString)"
                try await base.store.reserve(objects: [key])
                do {
                    try await show(
                        MediaRecord(key: key, kind: .image, mimeType: requested.mimeType, fileSize: requested.fileSize))
                } catch {
                    try await base.store.markForDeletion(objects: [key])
                    throw error
                }
            }, publicURL: "https://chat.example")
        service = IntokService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: {}), limits: limits,
            files: files)
    }

    func direct() async throws -> String {
        let (opened, _) = try await service.openConversation(
            ["type": "direct", "participantIds": ["bob"]], by: ann)
        return try #require(opened["conversation"]?["id"]?.stringValue)
    }

    func attachment(in conversation: String) async throws -> JSONValue {
        let requested = try await service.requestUpload(
            [
                "fileName": "a.png", "contentType": "image/png", "fileSize": 10,
                "conversationId": .string(conversation),
            ], by: ann)
        return ["id": requested["attachmentId"] ?? .null, "key": requested["key"] ?? .null]
    }

    func messages(of conversation: String, cursor: String? = nil, limit: Int? = nil) async throws -> JSONValue {
        try await service.messages(of: conversation, for: bob, limit: limit, cursor: cursor)
    }
}

struct IntokServiceTests {
    @Test("a list of more conversations than an answer has says so, and where the others are")
    func manyConversations() async throws {
        var limits = IntokLimits()
        limits.maximumConversations = 3
        let fixture = try IntokFixture(limits: limits)
        var opened: [JSONValue] = []
        for number in 1...7 {
            // As long as all entries fit in one response, it has the reference's form.
            let list = try await fixture.service.conversations(of: fixture.ann)
            #expect((list.objectValue?.keys == ["conversations"]) == (number <= 4))
            let body: JSONValue = ["type": "direct", "participantIds": [.string("u\(number)")]]
            opened.append(
                try #require(try await fixture.service.openConversation(body, by: fixture.ann).0["conversation"]?["id"])
            )
        }
        var (found, cursor) = ([JSONValue](), String?.none)
        repeat {
            let page = try await fixture.service.conversations(of: fixture.ann, cursor: cursor)
            found += page["conversations"]?.arrayValue?.compactMap { $0["id"] } ?? []
            cursor = page["nextCursor"]?.stringValue
            #expect(page["hasMore"] == .bool(cursor != nil))
        } while cursor != nil
        #expect(found == opened.reversed())
        for cursor in ["0", "1", "-1", "02", "x", "9223372036854775808", "２"] {
            await #expect(throws: ChatError.self) {
                try await fixture.service.conversations(of: fixture.ann, cursor: cursor)
            }
        }
        let beyond = try await fixture.service.conversations(of: fixture.ann, cursor: String(Int.max))
        #expect(beyond["conversations"] == [] && beyond["hasMore"] == false)
    }

    @Test("messages sent at the same time get different timestamps, so that no page loses or repeats one")
    func pages() async throws {
        let fixture = try IntokFixture()
        let conversation = try await fixture.direct()
        for index in 0..<7 {
            try await fixture.service.send(
                ["conversationId": .string(conversation), "content": .string("\(index)")], by: fixture.ann)
        }
        var (found, cursor) = ([String](), String?.none)
        repeat {
            let page = try await fixture.messages(of: conversation, cursor: cursor, limit: 2)
            found = (page["messages"]?.arrayValue ?? []).compactMap { $0["originalContent"]?.stringValue } + found
            cursor = page["nextCursor"]?.stringValue
        } while cursor != nil
        #expect(found == (0..<7).map(String.init))
    }

    @Test("an attachment that is sent twice, even concurrently, is stored once, and both messages show it")
    func sentTwice() async throws {
        let fixture = try IntokFixture()
        let conversation = try await fixture.direct()
        let data: JSONValue = [
            "conversationId": .string(conversation), "attachment": try await fixture.attachment(in: conversation),
        ]
        let (service, ann) = (fixture.service, fixture.ann)
        // Concurrently: both find the upload, one of them uses it, and the other shows the file that it became.
        async let first = code(of: { try await service.send(data, by: ann) })
        async let second = code(of: { try await service.send(data, by: ann) })
        #expect(await [first, second].compactMap(\.self) == [])
        #expect(await code(of: { try await service.send(data, by: ann) }) == nil)
        let messages = try await fixture.messages(of: conversation)["messages"]?.arrayValue ?? []
        #expect(messages.count == 3 && Set(messages.map { $0["attachment"]?["key"] }).count == 1)
        let shown = try await fixture.base.store.messages(
            of: conversation, in: .intok, viewer: "ann", page: MessagePage(limit: 10))
        #expect(Set(shown.messages.flatMap(\.objects)).count == 1, "no second copy")
    }

    @Test("a presigned upload is for its owner, conversation and key, until it expires")
    func requestedUploads() async throws {
        let fixture = try IntokFixture()
        let conversation = try await fixture.direct()
        let attachment = try await fixture.attachment(in: conversation)
        let (service, bob, ann) = (fixture.service, fixture.bob, fixture.ann)
        let data: JSONValue = ["conversationId": .string(conversation), "attachment": attachment]
        #expect(await code(of: { try await service.send(data, by: bob) }) == .mediaNotFound)
        let (other, _) = try await service.openConversation(
            ["type": "group", "participantIds": ["bob"]], by: ann)
        let elsewhere: JSONValue = [
            "conversationId": other["conversation"]?["id"] ?? .null, "attachment": attachment,
        ]
        #expect(await code(of: { try await service.send(elsewhere, by: ann) }) == .mediaNotFound)
        let wrongKey: JSONValue = [
            "conversationId": .string(conversation), "attachment": ["id": attachment["id"] ?? .null, "key": "a/b"],
        ]
        #expect(await code(of: { try await service.send(wrongKey, by: ann) }) == .mediaNotFound)
        fixture.base.clock.advance(86_401)
        #expect(await code(of: { try await service.send(data, by: ann) }) == .mediaNotFound)
    }

    @Test("the reservation of a presigned upload is abandoned only after the time in which its client may write it")
    func reservations() async throws {
        let fixture = try IntokFixture()
        let (store, clock) = (fixture.base.store, fixture.base.clock)
        _ = try await fixture.attachment(in: try await fixture.direct())
        clock.advance(86_399)
        #expect(try await store.abandonedObjects(reservedFor: .seconds(60)).isEmpty)
        clock.advance(1)
        #expect(try await store.abandonedObjects(reservedFor: .seconds(60)).count == 1)
    }

    @Test("a direct conversation has no name, also where the chat server has given it one")
    func nameless() async throws {
        let fixture = try IntokFixture()
        let id = try await fixture.direct()
        try await fixture.base.store.update(id, in: .intok, outbox: { _ in [] }) { $0.name = "Ann and Bob" }
        let list = try await fixture.service.conversations(of: fixture.bob)["conversations"]
        #expect(list?[0]?["id"] == .string(id) && list?[0]?["name"] == .null)
    }

    @Test("deleting a conversation deletes its files")
    func deletedConversation() async throws {
        let fixture = try IntokFixture()
        let conversation = try await fixture.direct()
        try await fixture.service.send(
            [
                "conversationId": .string(conversation),
                "attachment": try await fixture.attachment(in: conversation),
            ], by: fixture.ann)
        // The object that the client wrote is not needed any more.
        let written = try await fixture.base.store.pendingDeletions(limit: 10)
        #expect(written.count == 1)
        try await fixture.base.store.deleteConversation(conversation, in: .intok)
        #expect(try await Set(fixture.base.store.pendingDeletions(limit: 10)).subtracting(written).count == 1)
    }

    @Test("when the chat server gives a direct conversation another ID, its files and their keys stay usable")
    func adopted() async throws {
        let fixture = try IntokFixture()
        let conversation = try await fixture.direct()
        try await fixture.service.send(
            [
                "conversationId": .string(conversation),
                "attachment": try await fixture.attachment(in: conversation),
            ], by: fixture.ann)
        try await fixture.base.store.upsert(
            Conversation(
                id: "conv_server", dialect: .intok, members: ["ann", "bob"], isDirect: true,
                createdAt: fixture.base.clock.now))
        let shown = try await fixture.messages(of: "conv_server")["messages"]?[0]?["attachment"]
        let key = try #require(shown?["key"]?.stringValue)
        #expect(key.hasPrefix("conv_server/"))
        #expect(try await fixture.service.requestDownload(key, by: fixture.bob)["expiresIn"] == 3600)
    }

    @Test("an event is rendered for its recipient, with the state at delivery")
    func events() async throws {
        let fixture = try IntokFixture()
        try await fixture.base.store.upsert(ChatUser(id: "bob", name: "Bob", details: ["preferredLanguage": "es"]))
        let conversation = try await fixture.direct()
        try await fixture.service.send(
            ["conversationId": .string(conversation), "content": "Hello!"], by: fixture.ann)
        let due = try await fixture.base.store.dueOutbox(limit: 10)
        #expect(due.map(\.draft.recipient) == ["ann", "bob"])
        let page = try await fixture.messages(of: conversation)
        #expect(page["messages"]?[0]?["targetLanguage"] == "es" && page["messages"]?[0]?["originalLanguage"] == "en")
    }
}

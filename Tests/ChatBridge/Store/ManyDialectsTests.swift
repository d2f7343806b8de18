import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing
import Tracing

@testable import ChatBridge

@Suite("The chat store of several dialects", .serialized)
struct ManyDialectsTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private var store: any ChatStore { fixture.store }

    @discardableResult
    private func group(
        _ id: String, _ members: Set<String> = ["ann", "bob", "cid"], in dialect: Dialect = .rooms
    ) async throws -> Conversation {
        fixture.clock.advance(1)
        let group = Conversation(id: id, dialect: dialect, members: members, createdAt: fixture.clock.now)
        try await store.upsert(group)
        return group
    }

    private func send(
        _ text: String, from sender: String = "ann", in conversation: String = "g", of dialect: Dialect = .rooms,
        attachments: [MediaRecord] = []
    ) async throws -> ChatMessage {
        fixture.clock.advance(1)
        var message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: dialect, conversation: conversation,
            sender: sender, type: .text, text: text, details: ["labels": ["bob"]], createdAt: fixture.clock.now)
        message.attachments = attachments
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil
        ) {
            [OutboxDraft(recipient: $0.message.conversation, audience: .members, event: "new", message: $0.message.id)]
        }
        return try await store.save([draft])[0].message
    }

    @Test(
        "a message keeps its attachments and its dialect's details, and releases all objects when it is deleted",
        arguments: StoreEngine.allCases)
    func attachments(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let media = [MediaRecord.video("a"), .voice("b")]
        let sent = try await send("two", attachments: media)
        let read = try #require(try await store.message(sent.id, in: .rooms, viewer: "bob"))
        #expect(read.attachments == media && read.details == ["labels": ["bob"]])
        let freed = try await store.deleteForAll(sent.id, in: .rooms, at: fixture.clock.now, outbox: [])
        #expect(Set(freed ?? []) == ["a", "a-thumb.jpg", "b"])
    }

    @Test("the same ID in two dialects is two conversations", arguments: StoreEngine.allCases)
    func isolation(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g", in: .rooms)
        try await group("g", in: .signalr)
        _ = try await send("in rooms", of: .rooms)
        let other = try await store.messages(of: "g", in: .signalr, viewer: "ann", page: MessagePage(limit: 10))
        #expect(other.messages.isEmpty && other.total == 0)
        #expect(try await store.unreadCount(of: "bob", conversation: "g", in: .signalr) == 0)
        #expect(try await store.unreadCount(of: "bob", conversation: "g", in: .rooms) == 1)
    }

    @Test("an edit is visible; a deleted message cannot be edited", arguments: StoreEngine.allCases)
    func edit(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let sent = try await send("helo")
        let edited = try await store.edit(sent.id, in: .rooms, text: "hello", at: fixture.clock.now + 5, outbox: [])
        #expect(edited.text == "hello" && edited.editedAt == fixture.clock.now + 5)
        _ = try await store.deleteForAll(sent.id, in: .rooms, at: fixture.clock.now, outbox: [])
        let rejected = await code { try await store.edit(sent.id, in: .rooms, text: "x", at: .now, outbox: []) }
        #expect(rejected == .messageNotFound)
    }

    @Test(
        "a reaction is added once, replaces the previous one where a user has one, and can be removed",
        arguments: StoreEngine.allCases)
    func reactions(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let id = try await send("hi").id
        func react(_ emoji: String, inPlace: Bool = false) async throws -> Bool {
            let reaction = Reaction(user: "bob", emoji: emoji, createdAt: fixture.clock.now)
            return try await store.react(to: id, in: .rooms, reaction, inPlace: inPlace, outbox: [])
        }
        func shown() async throws -> [String] {
            try await store.message(id, in: .rooms, viewer: "ann")?.reactions.map(\.emoji).sorted() ?? []
        }
        #expect(try await react("👍"))
        #expect(try await !react("👍"))
        #expect(try await react("❤️"))
        #expect(try await shown() == ["❤️", "👍"].sorted())
        #expect(try await react("🎉", inPlace: true))
        #expect(try await shown() == ["🎉"])
        #expect(try await store.unreact(to: id, in: .rooms, user: "ann", emoji: nil, outbox: []) == [])
        #expect(try await store.unreact(to: id, in: .rooms, user: "bob", emoji: nil, outbox: []).count == 1)
        #expect(try await shown() == [])
    }

    @Test("marking some messages as read leaves the others unread", arguments: StoreEngine.allCases)
    func readSelection(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        var ids: [String] = []
        for number in 1...4 { ids.append(try await send("\(number)").id) }
        func mark(_ selection: ReadSelection) async throws -> [String] {
            try await store.markRead(
                conversation: "g", in: .rooms, reader: "bob", selection: selection, at: fixture.clock.now
            ) { _ in [] }
        }
        func unread() async throws -> Int {
            try await store.unreadCount(of: "bob", conversation: "g", in: .rooms)
        }
        #expect(try await mark(.these([ids[2], "of nowhere"])) == [ids[2]])
        #expect(try await unread() == 3)
        #expect(try await mark(.upTo(ids[2])) == [ids[0], ids[1]])
        #expect(try await unread() == 1)
        #expect(try await mark(.all) == [ids[3]])
        #expect(try await unread() == 0)
        #expect(await code { try await mark(.upTo("of nowhere")) } == .messageNotFound)
    }

    @Test(
        "a member has read a conversation up to the message before the first that they have not read",
        arguments: StoreEngine.allCases)
    func readUpTo(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        var ids: [String] = []
        for number in 1...5 { ids.append(try await send("\(number)").id) }
        func mark(_ selection: ReadSelection) async throws -> String? {
            _ = try await store.markRead(
                conversation: "g", in: .rooms, reader: "bob", selection: selection, at: fixture.clock.now
            ) { _ in [] }
            return try await store.memberships(of: "g", in: .rooms)["bob"]?.readCursor?.message
        }
        #expect(try await mark(.these([ids[1]])) == nil)
        #expect(try await mark(.these([ids[0]])) == ids[1])
        #expect(try await mark(.upTo(ids[2])) == ids[2])
        #expect(try await mark(.these([ids[4]])) == ids[2])
        try await store.hide(ids[3], in: .rooms, from: "bob", outbox: [])
        #expect(try await mark(.these([])) == ids[4])
        #expect(try await store.unreadCount(of: "bob", conversation: "g", in: .rooms) == 0)
        let last = try await send("6").id
        #expect(try await store.unreadCount(of: "bob", conversation: "g", in: .rooms) == 1)
        #expect(try await mark(.these([last])) == last)
        #expect(try await store.unreadCount(of: "bob", conversation: "g", in: .rooms) == 0)
    }

    @Test("events about read messages know who sent each", arguments: StoreEngine.allCases)
    func markedMessages(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let (first, second) = (try await send("1").id, try await send("2", from: "cid").id)
        for selection in [ReadSelection.these([second]), .upTo(first)] {
            _ = try await store.markRead(
                conversation: "g", in: .rooms, reader: "bob", selection: selection, at: fixture.clock.now
            ) { marked in marked.map { OutboxDraft(recipient: $0.sender, event: "read", message: $0.id) } }
        }
        let read = try await store.dueOutbox(limit: 10).map(\.draft).filter { $0.event == "read" }
        #expect(read.map(\.recipient) == ["cid", "ann"] && read.map(\.message) == [second, first])
    }

    @Test("several messages or conversations are read at once", arguments: StoreEngine.allCases)
    func several(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        try await group("h")
        let ids = [try await send("1").id, try await send("2", in: "h").id, try await send("3").id]
        try await store.hide(ids[2], in: .rooms, from: "bob", outbox: [])
        let asked = Set(ids + ["of nowhere"])
        #expect(try await store.messages(asked, in: .rooms, viewer: nil).map(\.text) == ["1", "2", "3"])
        #expect(try await store.messages(asked, in: .rooms, viewer: "bob").map(\.text) == ["1", "2"])
        #expect(try await store.messages(asked, in: .signalr, viewer: nil) == [])
        #expect(try await store.messages([], in: .rooms, viewer: nil) == [])
        let found = try await store.conversations(["g", "h", "of nowhere"], in: .rooms)
        #expect(Set(found.map(\.id)) == ["g", "h"] && found.allSatisfy { $0.members == ["ann", "bob", "cid"] })
        #expect(try await store.conversations(["g"], in: .signalr) == [])
        #expect(try await store.conversations([], in: .rooms) == [])
    }

    @Test(
        "a file is shown to the members of a conversation with a message that has it, unless they have deleted that",
        arguments: StoreEngine.allCases)
    func shown(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        try await group("h", ["ann", "eve"])
        let file = MediaItem(id: "f", dialect: .rooms, owner: "ann", record: .video("a"), createdAt: fixture.clock.now)
        func viewers() async throws -> [String] {
            var viewers: [String] = []
            for user in ["ann", "bob", "cid", "eve"] {
                if try await store.isShown(file, in: .rooms, to: user) { viewers.append(user) }
            }
            return viewers
        }
        #expect(try await viewers() == [])
        let sent = try await send("see", attachments: [.video("a")])
        #expect(try await viewers() == ["ann", "bob", "cid"])
        #expect(try await !store.isShown(file, in: .signalr, to: "bob"))
        try await store.hide(sent.id, in: .rooms, from: "bob", outbox: [])
        #expect(try await viewers() == ["ann", "cid"])
        _ = try await store.deleteForAll(sent.id, in: .rooms, at: fixture.clock.now, outbox: [])
        #expect(try await viewers() == [])
    }

    @Test("pages may begin and end at timestamps", arguments: StoreEngine.allCases)
    func pagesByTime(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        var sent: [ChatMessage] = []
        for number in 1...5 { sent.append(try await send("\(number)")) }
        func texts(before: Date? = nil, after: Date? = nil) async throws -> [String] {
            let page = MessagePage(
                limit: 10, before: before.map(MessagePage.Bound.date), after: after.map(MessagePage.Bound.date))
            return try await store.messages(of: "g", in: .rooms, viewer: "ann", page: page).messages.map(\.text)
        }
        #expect(try await texts(before: sent[2].createdAt) == ["1", "2"])
        #expect(try await texts(after: sent[2].createdAt) == ["4", "5"])
        #expect(try await texts(before: sent[0].createdAt - 9) == [])
        #expect(try await texts(after: sent[4].createdAt + 9) == [])
    }

    @Test(
        "a user's conversations are listed latest first, each with its last message and unread count",
        arguments: StoreEngine.allCases)
    func list(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        try await group("h")
        try await group("of others", ["bob", "cid"])
        _ = try await send("first", from: "bob", in: "g")
        let (list, total) = try await store.conversations(of: "ann", in: .rooms, page: 1, limit: 10)
        #expect(list.map(\.conversation.id) == ["g", "h"] && total == 2)
        #expect(list[0].lastMessage?.text == "first" && list[0].unreadCount == 1 && list[1].lastMessage == nil)
        let (second, _) = try await store.conversations(of: "ann", in: .rooms, page: 2, limit: 1)
        #expect(second.map(\.conversation.id) == ["h"])
    }

    @Test("a conversation is changed completely or not at all", arguments: StoreEngine.allCases)
    func update(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let changed = try await store.update("g", in: .rooms) { conversation in
            conversation.members.remove("cid")
            conversation.settings = ["allowMediaUpload": false]
        }
        #expect(changed?.members == ["ann", "bob"] && changed?.settings["allowMediaUpload"] == false)
        await #expect(throws: ChatError.self) {
            try await store.update("g", in: .rooms) { conversation in
                conversation.members = []
                throw ChatError(.notAllowed, "no")
            }
        }
        #expect(try await store.members(of: "g", in: .rooms) == ["ann", "bob"])
        #expect(try await store.update("nothing", in: .rooms) { _ in } == nil)
    }

    @Test(
        "a file can be deleted although messages show it; they keep their other files",
        arguments: StoreEngine.allCases)
    func deletedEverywhere(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g", in: .imagekit)
        let record = MediaRecord.video("v")
        let media = MediaItem(
            id: "f1", dialect: .imagekit, conversation: "g", owner: "ann", record: record, createdAt: fixture.clock.now)
        try await store.save(media)
        #expect(try await store.media(object: "v", of: media.owner, in: .imagekit) == media)
        #expect(try await store.media(object: "v", of: media.owner, in: .rooms) == nil)
        let message = try await send("see", of: .imagekit, attachments: [record, .voice("w")])
        #expect(try await store.deleteMedia("f1", everywhere: true).map(Set.init) == Set(record.objects))
        let rest = try await store.message(message.id, in: .imagekit, viewer: "bob")?.attachments
        #expect(rest == [.voice("w")])
        #expect(Set(try await store.pendingDeletions(limit: 10)) == Set(record.objects))
    }

    @Test(
        "a presigned upload is used up by its file, or expires; a token can be used once",
        arguments: StoreEngine.allCases)
    func presignedUploads(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let upload = PresignedUpload(
            id: "att_1", dialect: .intok, owner: "ann", conversation: "g", key: "k", mimeType: "image/png", fileSize: 9,
            expires: fixture.clock.now + 4000)
        try await store.save(upload, within: nil)
        #expect(try await store.presignedUpload("att_1", in: .intok) == upload)
        #expect(try await store.presignedUpload("att_1", in: .imagekit) == nil)
        // A file that is never uploaded counts as abandoned, but not while it may still be uploaded.
        #expect(try await store.abandonedObjects(reservedFor: .zero) == [])
        fixture.clock.advance(3600)
        #expect(try await store.abandonedObjects(reservedFor: nil) == ["k"])
        try await store.save(
            MediaItem(
                id: "att_1", dialect: .intok, conversation: "g", owner: "ann", record: .voice("k"),
                createdAt: fixture.clock.now))
        #expect(try await store.presignedUpload("att_1", in: .intok) == nil)
        #expect(try await store.abandonedObjects(reservedFor: nil) == [])
        let expires = fixture.clock.now + 60
        #expect(try await store.claim(token: "t", in: .imagekit, expires: expires))
        #expect(try await !store.claim(token: "t", in: .imagekit, expires: expires))
    }

    @Test(
        "an event for a conversation reaches its members at delivery, and after a crash each of them",
        arguments: StoreEngine.allCases)
    func members(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        _ = try await send("hi")
        let entry = try #require(try await store.dueOutbox(limit: 10).first)
        #expect(entry.draft.audience == .members && entry.draft.recipient == "g")
        try await store.fanOut(entry, to: ["bob", "cid"], remaining: ["ann"])
        #expect(try await store.dueOutbox(limit: 1).first?.remaining == ["ann"])
        try await store.delivered([entry.sequence])
        let scattered = try await store.dueOutbox(limit: 10)
        #expect(scattered.map(\.draft.recipient) == ["bob", "cid"])
        #expect(scattered.allSatisfy { $0.draft.audience == .user && $0.createdAt == entry.createdAt })
    }

    @Test(
        "an event belongs to the trace of what caused it, also for each member, and in another process",
        arguments: StoreEngine.allCases)
    func traces(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("g")
        let span = try #require(Tracer().begin("request", .server, after: nil))
        _ = try await Span.$current.withValue(span) { try await send("hi") }
        let entry = try #require(try await store.dueOutbox(limit: 10).first)
        #expect(entry.draft.trace == span.context.traceparent)
        try await store.fanOut(entry, to: ["bob"], remaining: ["ann"])
        let due = try await fixture.another().dueOutbox(limit: 10)
        #expect(due.map(\.draft.trace) == [span.context.traceparent, span.context.traceparent])
        // A task that goes on after its request belongs to no trace.
        span.end()
        _ = try await Span.$current.withValue(span) { try await send("later") }
        #expect(try await store.dueOutbox(limit: 10).last?.draft.trace == nil)
    }
}

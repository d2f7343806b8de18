import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import TestSupport
import Testing

@testable import ChatBridge

@Suite("Who may see or do what, in every dialect")
struct ChatAccessTests {
    let fixture: StoreFixture
    let ann = ChatCaller(id: "ann")
    let bob = ChatCaller(id: "bob")
    let nonMember = ChatCaller(id: "eve")

    init() throws { fixture = try StoreFixture() }

    private func chat(_ change: (inout ChatRules) -> Void = { _ in }) async throws -> Chat {
        var rules = ChatRules()
        change(&rules)
        let clock = fixture.clock
        try await fixture.store.upsert(
            Conversation(id: "g", dialect: .rooms, members: ["ann", "bob"], createdAt: clock.now))
        return Chat(
            dialect: .rooms,
            core: ChatCore(store: fixture.store, ids: fixture.ids, now: { clock.now }, wake: {}),
            ids: DialectIDs.Prefixes(messages: "msg_"), rules: rules, urls: { "https://media.example/\($0)" })
    }

    private func send(_ chat: Chat, text: String = "hi", attachments: [MediaRecord] = []) async throws -> String {
        let message = chat.newMessage(.text, from: ann, in: "g", text: text, attachments: attachments)
        #expect(message.id.hasPrefix("msg_"))
        return try await chat.send(message, by: ann) { _ in [] }.message.id
    }

    @Test("of several conversations those are returned of which the caller is a member")
    func several() async throws {
        let chat = try await chat()
        try await fixture.store.upsert(
            Conversation(id: "h", dialect: .rooms, members: ["bob"], createdAt: fixture.clock.now))
        #expect(try await chat.conversations(["g", "h", "i"], for: ann).keys.sorted() == ["g"])
        #expect(try await chat.conversations(["g", "h", "i"], for: bob).keys.sorted() == ["g", "h"])
        #expect(try await chat.conversations(["g", "h", "i"], for: nonMember).isEmpty)
    }

    @Test("a user who is not a member sees and changes nothing", arguments: [false, true])
    func nonMembers(hidesFromNonMembers: Bool) async throws {
        let chat = try await chat { $0.hidesFromNonMembers = hidesFromNonMembers }
        let id = try await send(chat)
        let ofConversation: ChatError.Code = hidesFromNonMembers ? .conversationNotFound : .notAllowed
        let ofMessage: ChatError.Code = hidesFromNonMembers ? .messageNotFound : .notAllowed
        #expect(await code { try await chat.conversation("g", for: nonMember) } == ofConversation)
        #expect(
            await code { try await chat.messages(of: "g", for: nonMember, page: MessagePage(limit: 5)) }
                == ofConversation)
        #expect(await code { try await chat.markRead("g", by: nonMember) { _ in [] } } == ofConversation)
        #expect(await code { try await chat.summary(of: "g", for: nonMember) } == ofConversation)
        #expect(
            await code { try await chat.statistics(of: "g", for: nonMember, activeSince: chat.timestamp) }
                == ofConversation)
        #expect(await code { try await chat.update("g", by: nonMember) { $0.name = "mine" } } == ofConversation)
        #expect(await code { try await chat.updateMembership(of: nonMember, in: "g") { _ in } } == ofConversation)
        #expect(await code { try await chat.leave("g", by: nonMember) { $0.members = [] } } == ofConversation)
        #expect(await code { try await chat.clear("g", for: nonMember) } == ofConversation)
        #expect(await code { try await chat.media("m", in: "g", for: nonMember) } == ofConversation)
        let foreignMessage = chat.newMessage(.text, from: nonMember, in: "g", text: "me too")
        #expect(await code { try await chat.send(foreignMessage, by: nonMember) { _ in [] } } == ofConversation)
        #expect(await code { try await chat.message(id, for: nonMember) } == ofMessage)
        #expect(await code { try await chat.edit(id, text: "x", by: nonMember) { _ in [] } } == ofMessage)
        #expect(await code { try await chat.deleteForAll(id, by: nonMember) { _ in [] } } == ofMessage)
        #expect(await code { try await chat.hide(id, from: nonMember) } == ofMessage)
        #expect(await code { try await chat.react(to: id, emoji: "👍", by: nonMember) { _, _ in [] } } == ofMessage)
        #expect(await code { try await chat.unreact(to: id, emoji: nil, by: nonMember) { _ in [] } } == ofMessage)
        #expect(try await chat.message(id, for: bob).text == "hi")
    }

    @Test("a user who has left sees nothing any more")
    func left() async throws {
        let chat = try await chat()
        let id = try await send(chat)
        _ = try await fixture.store.update("g", in: .rooms) { $0.members.remove("bob") }
        #expect(await code { try await chat.message(id, for: bob) } == .notAllowed)
        #expect(await code { try await chat.conversation("g", for: bob) } == .notAllowed)
    }

    @Test("only the sender edits and deletes for everyone, and editing is limited in time")
    func sender() async throws {
        let chat = try await chat { $0.editingTime = 900 }
        let id = try await send(chat)
        #expect(await code { try await chat.edit(id, text: "x", by: bob) { _ in [] } } == .notAllowed)
        #expect(await code { try await chat.deleteForAll(id, by: bob) { _ in [] } } == .notAllowed)
        #expect(await code { try await chat.edit(id, text: " ", by: ann) { _ in [] } } == .emptyMessage)
        #expect(try await chat.edit(id, text: "x", by: ann) { _ in [] }.text == "x")
        fixture.clock.advance(901)
        #expect(await code { try await chat.edit(id, text: "y", by: ann) { _ in [] } } == .editingTimeExpired)
        #expect(try await chat.deleteForAll(id, by: ann) { _ in [] } != nil)
        #expect(try await chat.deleteForAll(id, by: ann) { _ in [] } == nil)
        #expect(await code { try await chat.presentMessage(id, for: ann) } == .messageNotFound)
    }

    @Test("a message is found only in its conversation")
    func place() async throws {
        let chat = try await chat()
        let id = try await send(chat)
        try await fixture.store.upsert(
            Conversation(id: "h", dialect: .rooms, members: ["ann", "bob"], createdAt: fixture.clock.now))
        #expect(await code { try await chat.message(id, for: ann, in: "h") } == .messageNotFound)
        var response = chat.newMessage(.text, from: ann, in: "h", text: "to another room", replyTo: id)
        #expect(await code { try await chat.send(response, by: ann) { _ in [] } } == .messageNotFound)
        response.conversation = "g"
        #expect(try await chat.send(response, by: ann) { _ in [] }.message.replyTo == id)
    }

    @Test("a file can be sent by its uploader, and seen by its conversation")
    func files() async throws {
        let chat = try await chat()
        try await fixture.store.save(
            MediaItem(
                id: "f", dialect: .rooms, conversation: "g", owner: "ann", record: .video("v"),
                createdAt: fixture.clock.now))
        #expect(try await chat.upload("f", of: ann, for: "g").id == "f")
        #expect(await code { try await chat.upload("f", of: ann, for: "h") } == .mediaNotFound)
        #expect(await code { try await chat.upload("f", of: bob, for: "g") } == .mediaNotFound)
        // Until a message shows it, it is its uploader's alone.
        #expect(await code { try await chat.media("f", for: bob) } == .mediaNotFound)
        _ = try await send(chat, attachments: [.video("v")])
        #expect(try await chat.media("f", for: bob).id == "f")
        #expect(await code { try await chat.media("f", for: nonMember) } == .mediaNotFound)
    }

    @Test(
        "a reaction is one emoji", arguments: ["", "ok", "a", "1", "👍👍", " ", "\n", String(repeating: "👨‍👩‍👧‍👦", count: 9)])
    func emoji(text: String) async throws {
        let chat = try await chat()
        let id = try await send(chat)
        #expect(await code { try await chat.react(to: id, emoji: text, by: bob) { _, _ in [] } } == .invalidRequest)
        #expect(try await chat.react(to: id, emoji: "👨‍👩‍👧‍👦", by: bob) { _, _ in [] } != nil)
        #expect(try await chat.react(to: id, emoji: "👨‍👩‍👧‍👦", by: bob) { _, _ in [] } == nil)
    }

    @Test("a conversation's last message is one that exists")
    func lastMessage() async throws {
        let chat = try await chat()
        let (first, second) = (try await send(chat), try await send(chat))
        #expect(try await chat.summary(of: "g", for: bob).lastMessage?.id == second)
        _ = try await chat.deleteForAll(second, by: ann) { _ in [] }
        #expect(try await chat.summary(of: "g", for: bob).lastMessage?.id == first)
        #expect(try await chat.conversations(of: bob, page: 1, limit: 10).0.first?.lastMessage?.id == first)
    }

    @Test("rendering finds users, the message replied to and URLs")
    func context() async throws {
        let chat = try await chat()
        try await fixture.store.upsert(ChatUser(id: "ann", name: "Ann"))
        let id = try await send(chat, attachments: [.video("v")])
        let response = chat.newMessage(.text, from: bob, in: "g", text: "nice", replyTo: id)
        let saved = try await chat.send(response, by: bob) { _ in [] }.message
        let context = try await chat.context(for: [saved], viewer: "ann")
        #expect(context.user("ann").name == "Ann" && context.user("bob").name == "bob")
        #expect(context.replied(by: saved)?.id == id)
        #expect(context.url(of: "v-thumb.jpg") == "https://media.example/v-thumb.jpg")
    }

    @Test("a sender who was removed after the check is refused in the dialect's words", arguments: [false, true])
    func removedMeanwhile(hidesFromNonMembers: Bool) async throws {
        let chat = try await chat {
            $0.hidesFromNonMembers = hidesFromNonMembers
            $0.refusals.notMember = "not yours"
            $0.refusals.noConversation = "no room"
        }
        // The caller is a member, the sender is not: only the store sees that.
        let message = chat.newMessage(.text, from: nonMember, in: "g", text: "hi")
        let error = await thrown(ChatError.self) { try await chat.send(message, by: ann) { _ in [] } }
        #expect(error?.code == (hidesFromNonMembers ? .conversationNotFound : .notAllowed))
        #expect(error?.message == (hidesFromNonMembers ? "no room" : "not yours"))
        let reason: StoreError? = hidesFromNonMembers ? nil : .notMember
        #expect(error?.reason == reason)
    }

    @Test("of pictures that are set at once each former one is returned once, and nothing else of the record is lost")
    func pictures() async throws {
        let (chat, store) = (try await chat(), fixture.store)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<40 {
                group.addTask { [ann] in try await chat.setImages(["\(number)"], of: ann).former }
                group.addTask { [ann] in
                    _ = try await store.updateUser(ann.id, creating: ChatUser(id: ann.id)) { user in
                        let count = user.details["count"]?.integerValue ?? 0
                        user.details = ["count": .integer(count + 1)]
                    }
                    return []
                }
            }
            let former = try await group.reduce(into: [String]()) { $0 += $1 }
            let user = try #require(try await store.user("ann"))
            #expect(former.count == 39 && Set(former + user.images).count == 40)
            #expect(user.details["count"] == 40)
        }
    }

    @Test("the name of a token is never written over a record that the chat server writes meanwhile")
    func profile() async throws {
        let (chat, store) = (try await chat(), fixture.store)
        let caller = ChatCaller(id: "dan", name: "Dan of the token")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await chat.profile(of: caller) } }
            group.addTask { try await store.upsert(ChatUser(id: "dan", name: "Dan")) }
            for _ in 0..<20 { group.addTask { _ = try await chat.profile(of: caller) } }
            try await group.waitForAll()
        }
        #expect(try await store.user("dan")?.name == "Dan")
    }
}

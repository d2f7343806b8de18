import Foundation
import JSON
import Testing

@testable import ChatBridge

/// Swift compares texts by canonical equivalence; identifiers are compared by their bytes.
@Suite("Names that only look the same")
struct SameLookingNamesTests {
    /// A user's ID, and the canonically equal text with other bytes, which is not a valid ID.
    private static let (rene, impossible) = ("ren\u{E9}", "rene\u{301}")

    @Test(
        "a conversation with an invalid ID is an error, not an empty list",
        arguments: [impossible, "", "a\u{200B}", "a\nb", String(repeating: "a", count: 129)])
    func bananatalk(other: String) async throws {
        let fixture = try BananatalkFixture()
        for (sender, receiver) in [("ann", other), (other, "ann"), (other, "bob")] {
            let refusal = await code {
                try await fixture.service.conversation(of: sender, and: receiver, for: fixture.ann)
            }
            #expect(refusal == .invalidReceiver)
        }
        #expect(try await fixture.service.conversation(of: "ann", and: "zoe", for: fixture.ann).total == 0)
    }

    @Test("a history is requested by one's own ID, not by one that looks like it")
    func imagekit() async throws {
        let fixture = try await ImageKitFixture()
        let caller = ChatCaller(id: Self.rene)
        func history(of user: String) async -> ChatError.Code? {
            await code {
                try await fixture.service.history(of: user, for: caller, page: nil, limit: nil, includeArchived: true)
            }
        }
        #expect(await history(of: Self.rene) == nil)
        #expect(await history(of: Self.impossible) == .notAllowed)
    }

    @Test("a user whom the chat server names by an invalid ID is not the user with the similar ID")
    func settings() async throws {
        let group = Conversation(
            id: "g", dialect: .signalr, members: [Self.rene, "ann"], name: "g",
            settings: ["admins": [.string(Self.impossible)]], createdAt: Date())
        #expect(group.admins.isEmpty)
        let room = RoomView(
            Conversation(
                id: "g", dialect: .rooms, members: [Self.rene, "ann"], name: "g",
                settings: ["admins": [.string(Self.impossible)], "joined": .object([Self.impossible: 5])],
                createdAt: Date()))
        #expect(room.admins.isEmpty && room.joined(Self.rene) == room.conversation.createdAt)
        var state = ChatRequestState([
            "status": "blocked", "blockedBy": .string(Self.impossible), "requestedBy": .string(Self.impossible),
        ])
        #expect(state.requestedBy != Self.rene)
        #expect(throws: ChatError.self) { try state.unblock(by: Self.rene) }
        #expect(state.status == .blocked)
    }

    @Test("a member is removed from a group by their ID, not by one that looks like it")
    func signalr() async throws {
        let base = try StoreFixture()
        let service = SignalRService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: {}),
            connections: HubServer.makeHub(),
            urls: { $0 })
        let ann = ChatCaller(id: "ann")
        let made = try await service.makeGroup(["name": "g", "participantIds": [.string(Self.rene)]], by: ann)
        let group = try #require(made["_id"]?.stringValue)
        #expect(await code { try await service.removeParticipant(Self.impossible, from: group, by: ann) } == .notFound)
        #expect(await code { try await service.removeParticipant(Self.rene, from: group, by: ann) } == nil)
    }

    @Test("users, conversations and edited texts are stored with the bytes that were written last")
    func spelling() async throws {
        let fixture = try BananatalkFixture()
        let store = fixture.base.store
        for (number, name) in [Self.rene, Self.impossible, Self.impossible].enumerated() {
            #expect(
                try await store.upsert(ChatUser(id: "ann", name: name, details: ["username": .string(name)]))
                    == (number < 2))
            let conversation = Conversation(
                id: "c", dialect: .rooms, members: ["ann", "bob"], name: name, settings: .object([name: .string(name)]),
                createdAt: fixture.base.clock.now)
            #expect(try await store.upsert(conversation) == (number < 2))
            let (user, told) = (try await store.user("ann"), try await store.conversation("c", in: .rooms))
            for text in [user?.name, user?.username, told?.name, told?.settings[name]?.stringValue] {
                #expect(text.map { Array($0.utf8) } == Array(name.utf8))
            }
        }
        let chat = fixture.service.chat
        let id = try await fixture.text(from: fixture.ann, to: "bob", Self.rene)
        let edited = try await chat.edit(id, text: Self.impossible, by: fixture.ann) { _ in [] }
        #expect(edited.editedAt != nil && Array(edited.text.utf8) == Array(Self.impossible.utf8))
    }

    @Test("messages are marked as read by the bytes of their IDs")
    func read() async throws {
        let fixture = try StoreFixture()
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.message.id = "K"
        let conversation = try await fixture.store.save([draft])[0].message.conversation
        for (id, marked) in [("\u{212A}", [String]()), ("K", ["K"])] {
            let found = try await fixture.store.markRead(
                conversation: conversation, in: .bananatalk, reader: "bob", selection: .these([id]),
                at: fixture.clock.now
            ) { _ in [] }
            #expect(found == marked)
        }
    }

    @Test("a session and a negotiated connection are found only by their own IDs")
    func secrets() async throws {
        let fixture = SocketIOFixture()
        // The Kelvin sign is canonically equal to K.
        var session = try await fixture.handshake()
        while !session.contains("K") { session = try await fixture.handshake() }
        let other = session.replacing("K", with: "\u{212A}")
        #expect(other == session)
        #expect(await fixture.post(other, "40").status == 400)
        #expect(await fixture.post(session, "40").status == 200)

        let start = ContinuousClock.now
        var negotiations = HubNegotiations(configuration: HubConfiguration(), at: start)
        var token = ""
        while !token.contains("K") {
            let offered = negotiations.offer(to: "ann", at: start)
            token = try #require(offered)
        }
        #expect(negotiations.claim(token.replacing("K", with: "\u{212A}"), for: "ann", at: start) == .unknown)
        #expect(negotiations.claim(token, for: "ann", at: start) == .granted)
    }
}

import ChatBridge
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import MediaModel

/// Fills a store with at least one of everything.
struct FilledStore {
    static let dialects = ["bananatalk", "imagekit", "intok", "signalr", "rooms"].map(Dialect.init(rawValue:))
    static let users: Set<String> = ["ann", "bob", "cid", "dan", "6553f100c0ffee0000000001", "zoë"]

    let store: SQLiteChatStore
    let clock: TestClock
    private let ids = ObjectIDGenerator()

    init(_ fixture: MigrationFixture) throws { (store, clock) = (try fixture.source, fixture.fixture.clock) }

    func fill() async throws {
        for user in Self.users.sorted() {
            try await store.upsert(
                ChatUser(
                    id: user, name: "Name of \(user)", images: ["https://example.org/\(user.utf8.count).png"],
                    userType: user == "dan" ? .visitor : .regular, details: ["email": "\(user)@example.org", "n": 1.5]))
            clock.advance(1)
        }
        for dialect in Self.dialects { try await fill(dialect) }
        for (key, user) in [("a@example.org", "ann"), ("b:\u{301}", "bob"), ("z@example.org", "zoë")] {
            try await store.upsertRecord(
                UserRecord(
                    dialect: Self.dialects[0], kind: .account, key: key, user: user, value: ["passwordHash": "x"],
                    createdAt: clock.now))
        }
        try await stickers()
        try await webhooks()
        try await objects()
        try await jobs()
        // Who was removed is a member no more.
        try await store.deleteUser("zoë")
    }

    private func stickers() async throws {
        for (id, category) in [("set-1", "cats"), ("6553f100c0ffee0000000002", nil)] as [(String, String?)] {
            clock.advance(1)
            var file = MediaRecord.video("rooms/sticker-\(id)")
            file.id = "sticker-\(id)"
            try await store.reserve(objects: file.objects)
            let sticker = Sticker(id: "แมว", type: "static", name: "Äpfel", tags: ["a", "b"], file: file)
            let (date, dialect) = (clock.now, Self.dialects[4])
            _ = try await store.updateStickerSet(
                id, in: dialect, adding: MediaItem(id: "sticker-\(id)", owner: "", record: file, createdAt: date)
            ) { set, _ in
                set = StickerSet(
                    id: id, dialect: dialect,
                    content: .init(name: "Set \(id)", category: category, tags: ["x"], stickers: [sticker]),
                    createdAt: date, updatedAt: date + 1)
            }
        }
    }

    private func webhooks() async throws {
        let date = clock.now
        for id in ["we_1", "we_ä"] {
            _ = try await store.updateWebhookEndpoint(id) { endpoint, _ in
                endpoint = WebhookEndpoint(
                    id: id, url: "https://chat.example.org/\(id)", description: "Ä",
                    kinds: [.jobFinished, .pushRequested],
                    dialects: ["intok", "native"],
                    secrets: [.init(value: "whsec_a", expiresAt: date + 60), .init(value: "whsec_b")], createdAt: date)
            }
        }
        for number in 0..<3 {
            let event = WebhookEvent(
                kind: .jobFinished, dialect: number == 1 ? Self.dialects[0] : nil, subject: "s\(number % 2)",
                payload: ["n": .integer(number), "text": "ä"])
            try await store.write([event], at: date + Double(number))
        }
        let due = try await store.dueWebhooks(for: "we_1", limit: 10)
        try await store.postponeWebhook(due[0].sequence, for: .seconds(60), reason: "status 500")
        _ = try await store.giveUpWebhooks(
            for: "we_1", sequence: due[1].sequence, queuedBefore: date + 60, reason: "ü", at: date + 9)
    }

    private func fill(_ dialect: Dialect) async throws {
        let group = dialect.rawValue + "-group"
        try await store.upsert(
            Conversation(
                id: group, dialect: dialect, members: Self.users, name: "Gruppe ★",
                settings: ["description": "d", "admins": ["ann"]], createdAt: clock.now))
        clock.advance(1)
        let direct = Conversation(
            id: ids.next(at: clock.now).description, dialect: dialect, members: ["ann", "bob"], isDirect: true,
            createdAt: clock.now)
        _ = try await store.directConversation(direct)
        var sent: [String] = []
        for number in 0..<12 {
            clock.advance(number == 5 ? 0 : 1)
            // Once the clock is set back: the order of messages stays.
            if number == 8 { clock.step(-60) }
            let sender = number % 3 == 0 ? "bob" : "ann"
            let conversation = number % 4 == 3 ? direct.id : group
            sent.append(try await send(number, from: sender, to: conversation, dialect))
        }
        try await change(sent, in: group, dialect)
        try await empty(dialect)
    }

    private func send(_ number: Int, from sender: String, to conversation: String, _ dialect: Dialect) async throws
        -> String
    {
        var message = ChatMessage(
            id: ids.next(at: clock.now).description, dialect: dialect, conversation: conversation, sender: sender,
            type: .text, text: ["Hello", "Grüße, ÄÖÜ", "", "a.b$c {\"x\": 1}"][number % 4], createdAt: clock.now)
        if number == 1 || number == 4 || number == 9 {
            message.media =
                number == 4 ? .voice("\(dialect.rawValue)/v\(number)") : .video("\(dialect.rawValue)/v\(number)")
            message.type = number == 4 ? .voice : .media
            try await store.reserve(objects: message.objects)
        }
        if number == 6 {
            message.location = ChatLocation(latitude: 13.7563, longitude: 100.5018, address: "Bangkok", placeName: "P")
            message.type = .location
        }
        message.details = number == 7 ? ["own": [1, 2.5, nil, "text"]] : .object([:])
        let (event, id) = ("new-\(number)", message.id)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender, name: "Name of \(sender)"),
            allowance: DailyAllowance(regular: 1_000, visitor: 50)
        ) { saved in
            [
                OutboxDraft(
                    recipient: conversation, audience: .members, event: event, message: id,
                    payload: ["unread": .integer(saved.unreadCounts["cid"] ?? 0)], exceptSocket: "s",
                    joined: number == 2 ? conversation : nil)
            ]
        }
        _ = try await store.save([draft])
        return message.id
    }

    private func change(_ sent: [String], in group: String, _ dialect: Dialect) async throws {
        clock.advance(5)
        _ = try await store.edit(sent[0], in: dialect, text: "Edited: ä", at: clock.now, history: 5, outbox: [])
        for (user, emoji) in [("bob", "👍"), ("ann", "❤️"), ("cid", "👍")] {
            let reaction = Reaction(user: user, emoji: emoji, name: "n-\(user)", createdAt: clock.now)
            _ = try await store.react(to: sent[0], in: dialect, reaction, inPlace: false, outbox: [])
            clock.advance(1)
        }
        try await store.markDelivered(Array(sent[0..<3]), in: dialect, to: ["cid", "bob"], at: clock.now)
        _ = try await store.markRead(
            conversation: group, in: dialect, reader: "bob", selection: .all, at: clock.now, outbox: { _ in [] })
        clock.advance(1)
        _ = try await store.markRead(
            conversation: group, in: dialect, reader: "cid", selection: .upTo(sent[2]), at: clock.now,
            outbox: { _ in [] })
        _ = try await store.markListened(sent[4], in: dialect, listener: "dan", at: clock.now, outbox: [])
        try await store.hide(sent[1], in: dialect, from: "dan", outbox: [])
        try await store.updateMembership(of: "ann", conversation: group, in: dialect) { membership in
            membership.isArchived = true
            membership.mute = .on(until: Date(timeIntervalSince1970: 1_800_000_000))
        }
        try await store.updateMembership(of: "dan", conversation: group, in: dialect) {
            ($0.mute, $0.pinnedAt) = (.on(until: nil), Date(timeIntervalSince1970: 1_700_000_000))
        }
        try await store.recordLastSeen("ann", in: dialect, at: clock.now)
        // A member who joins later has nothing unread, and one who leaves is no member.
        try await store.update(group, in: dialect) { $0.members.insert("eve") }
        clock.advance(1)
        let forwarded = ForwardOrigin(sender: "ann", messageID: sent[1], text: "Grüße, ÄÖÜ")
        let message = ChatMessage(
            id: ids.next(at: clock.now).description, dialect: dialect, conversation: group, sender: "eve", type: .media,
            text: "fwd", media: .video("\(dialect.rawValue)/v1"), replyTo: sent[0], forwardedFrom: forwarded,
            createdAt: clock.now)
        _ = try await store.save([
            MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: "eve"), allowance: nil) { _ in
                []
            }
        ])
        _ = try await store.deleteForAll(sent[9], in: dialect, at: clock.now, outbox: [])
        _ = try await store.deleteForAll(sent[2], in: dialect, at: clock.now, outbox: [])
    }

    /// Conversations without messages, and those that are hidden.
    private func empty(_ dialect: Dialect) async throws {
        clock.advance(1)
        try await store.upsert(
            Conversation(
                id: dialect.rawValue + "-empty", dialect: dialect, members: ["ann", "cid"], createdAt: clock.now))
        let hidden = dialect.rawValue + "-hidden"
        try await store.upsert(
            Conversation(id: hidden, dialect: dialect, members: ["ann", "dan"], createdAt: clock.now))
        clock.advance(1)
        _ = try await send(20, from: "ann", to: hidden, dialect)
        try await store.hideAll(in: hidden, of: dialect, from: "dan")
    }

    private func objects() async throws {
        let dialect = Self.dialects[3]
        try await store.reserve(objects: ["medium", "medium-thumb.jpg", "shared"])
        try await store.save(
            MediaItem(
                id: "medium", dialect: dialect, conversation: "signalr-group", owner: "ann", record: .video("medium"),
                createdAt: clock.now, needsMessage: true))
        try await store.save(
            MediaItem(id: "another", owner: "service", record: .voice("shared"), createdAt: clock.now))
        try await store.save(
            PresignedUpload(
                id: "open", dialect: dialect, owner: "ann", conversation: "signalr-group", key: "incoming/open",
                mimeType: "image/png", fileSize: 7, originalName: "ä.png", expires: clock.now + 3600,
                lifetime: .seconds(3600), uploadLifetime: .seconds(600)),
            within: UploadAllowance(files: 5, bytes: 1_000))
        _ = try await store.claim(token: "used", in: Self.dialects[1], expires: clock.now + 60)
        try await store.reserve(objects: ["reserved", "deleted", "vain"])
        try await store.markForDeletion(objects: ["deleted"])
        // Deleted, and checked again later; the deletion of the others has begun.
        try await store.release(objects: store.claimPendingDeletions(limit: 100).map(\.key))
        try await store.markForDeletion(objects: ["vain"])
        _ = try await store.claimPendingDeletions(limit: 1)
        try await store.reserve(objects: ["marked"])
        try await store.markForDeletion(objects: ["marked"])
    }

    private func jobs() async throws {
        let ended = try await store.add(
            MediaJob(
                id: "ended", origin: .command, request: MediaJobRequest(kind: .audio), idempotencyKey: "key",
                createdAt: clock.now))
        _ = try await store.cancelJob(ended.id)
        let job = try await store.add(
            MediaJob(id: "running", origin: .service, request: MediaJobRequest(), createdAt: clock.now))
        _ = try await store.claim(job.id, by: "runner", lease: .seconds(10))
        _ = try await store.fill(job.id, by: "runner", limit: 3)
        if case .item(let item) = try await store.nextItem(of: job.id, by: "runner") {
            _ = try await store.end(
                item, .failed(MediaJobItem.Reason("bad", "It is bad.")), change: nil)
        }
        if case .item(let item) = try await store.nextItem(of: job.id, by: "runner") {
            try await store.reserve("being-written", for: item)
        }
        let entries = try await store.dueOutbox(limit: 3)
        try await store.moveToDeadLetters(entries[2].sequence, reason: "It was rejected.", at: clock.now)
        try await store.postpone(entries[0].sequence, for: .seconds(30))
        try await store.fanOut(entries[1], to: ["bob"], remaining: ["cid", "dan"])
    }
}

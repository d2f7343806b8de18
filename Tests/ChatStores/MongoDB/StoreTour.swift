import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel

/// Calls every operation of a store once, most of them with something to do.
struct StoreTour {
    let store: any ChatStore
    let clock: TestClock
    private let ids = ObjectIDGenerator()
    private let dialect: Dialect

    init(store: any ChatStore, clock: TestClock, dialect: Dialect) {
        (self.store, self.clock, self.dialect) = (store, clock, dialect)
    }

    func everything() async throws {
        try await users()
        try await conversations()
        try await messages()
        try await media()
        try await objects()
        try await jobs()
        try await deletions()
        try await webhooks()
    }

    private func webhooks() async throws {
        let date = clock.now
        for id in ["tour", "other"] {
            _ = try await store.updateWebhookEndpoint(id) { endpoint, _ in
                endpoint = WebhookEndpoint(id: id, url: "https://a", secrets: [], createdAt: date)
            }
        }
        _ = try await store.webhookEndpoints()
        let event = WebhookEvent(kind: .jobFinished, dialect: nil, subject: "s", payload: [:])
        try await store.write([event, event, event], at: date)
        let due = try await store.dueWebhooks(for: "tour", limit: 10)
        try await store.postponeWebhook(due[0].sequence, for: .seconds(1), reason: "r")
        _ = try await (store.dueWebhooks(for: "tour", limit: 10), store.nextWebhookRetry(for: "tour"))
        _ = try await store.giveUpWebhooks(
            for: "tour", sequence: due[1].sequence, queuedBefore: date, reason: "r", at: date)
        _ = try await store.giveUpWebhooks(for: "other", sequence: nil, queuedBefore: date, reason: "r", at: date)
        _ = try await (store.webhookBacklog(), store.deadWebhooks(for: "other", after: 0, limit: 10))
        _ = try await store.replayWebhooks(for: "other", [due[1].sequence], at: date)
        _ = try await store.replayWebhooks(for: "other", nil, at: date)
        try await store.webhooksDelivered(due.map(\.sequence))
        try await store.deleteDeadWebhooks(before: date)
        for id in ["tour", "other"] { _ = try await store.updateWebhookEndpoint(id) { endpoint, _ in endpoint = nil } }
    }

    private func users() async throws {
        try await store.upsert(ChatUser(id: "ann"))
        try await store.upsert(ChatUser(id: "ann", name: "Ann"))
        _ = try await (store.user("ann"), store.users(["ann", "bob"]), store.knownSince("ann"))
        try await store.recordLastSeen("ann", in: dialect, at: clock.now)
        _ = try await store.lastSeen(of: ["ann", "bob"], in: dialect)
        let account = UserRecord(dialect: dialect, kind: .account, key: "ann@x.org", user: "ann", createdAt: clock.now)
        _ = try await store.insertRecords([account], writing: ChatUser(id: "ann", name: "Anna"))
        try await store.upsertRecord(account)
        try await store.upsertRecord(account, limit: 8)
        try await store.upsertRecord(
            UserRecord(dialect: dialect, kind: .account, key: "new", user: "ann", createdAt: clock.now), limit: 8)
        _ = try await store.record(.account, key: "ann@x.org", in: dialect)
        _ = try await store.records(.account, of: "ann", in: dialect)
        try await store.deleteRecords(.account, key: "ann@x.org", of: "ann", in: dialect)
        try await store.deleteRecords(.account, key: nil, of: "ann", in: dialect)
        _ = try await store.updateUser("ann") { $0.name = "Ann" }
        _ = try await store.updateUser("eva", creating: ChatUser(id: "eva")) { $0.name = "Eva" }
        _ = try await store.searchUsers("ann", except: "bob", limit: 20)
        let (dialect, date) = (dialect, clock.now)
        for words in ["", "a b"] {
            _ = try await store.updateStickerSet("s", in: dialect, adding: nil) { set, _ in
                set = StickerSet(
                    id: "s", dialect: dialect, content: .init(name: "S", category: "c"), createdAt: date,
                    updatedAt: date)
            }
            let filter = StickerSetFilter(category: "c", words: StickerWords(words), ids: ["s"])
            _ = try await store.stickerSets(in: dialect, filter: filter, page: 1, limit: 10)
        }
        try await resumableUploads()
        try await idempotentRequests()
        _ = try await store.stickerSet("s", in: dialect)
        _ = try await store.updateStickerSet("s", in: dialect, adding: nil) { set, _ in set = nil }
        try await store.check()
        _ = try await store.databaseBytes()
    }

    private func resumableUploads() async throws {
        let upload = ResumableUpload(
            id: "r", dialect: dialect, owner: "ann", countedBytes: 5, createdAt: clock.now, expires: clock.now,
            content: .init(length: 5, metadata: nil, key: "resumable/r/file"))
        try await store.insert(upload, within: UploadAllowance(files: 9, bytes: 99))
        _ = try await store.resumableUpload("r", in: dialect)
        _ = try await store.replace(upload)
        _ = try await store.resumableUploads(expiredBefore: clock.now.addingTimeInterval(9), limit: 9)
        try await store.deleteResumableUpload("r", in: dialect)
    }

    private func idempotentRequests() async throws {
        let claim = RequestClaim(
            id: "r", token: "t", caller: "user:ann", fingerprint: "f", expires: clock.now, maximumKept: 9)
        _ = try await store.claim(claim, isActive: { _ in true })
        let request = IdempotentRequest(claim, isResumed: false) { "f" }
        let group = Conversation(id: "once", dialect: dialect, members: ["ann"], createdAt: clock.now)
        _ = try await IdempotentRequest.$current.withValue(request) { try await store.create(group) }
        _ = try await store.endRequest("r", token: "t", answer: nil, fingerprint: "f")
        _ = try await store.deleteConversation("once", in: dialect)
        _ = try await store.deleteRequests(expiredBefore: clock.now.addingTimeInterval(9), limit: 9)
    }

    private func conversations() async throws {
        var group = Conversation(id: "g", dialect: dialect, members: ["ann", "bob", "cid"], createdAt: clock.now)
        try await store.upsert(group)
        group.members.insert("dan")
        try await store.upsert(group)
        let direct = Conversation(
            id: "d", dialect: dialect, members: ["ann", "bob"], isDirect: true, createdAt: clock.now)
        _ = try await store.directConversation(direct)
        _ = try await store.directConversation(of: "ann", and: "bob", in: dialect)
        try await store.upsert(Conversation(id: "e", dialect: dialect, members: ["ann", "bob"], createdAt: clock.now))
        var other = direct
        other.id = "e"
        try await store.upsert(other)
        try await store.update("g", in: dialect) { $0.name = "Group" }
        _ = try await store.provision(other, keepsSettings: true)
        _ = try await store.isMember("ann", of: "g", in: dialect)
        try await store.upsert(Conversation(id: "f", dialect: dialect, members: ["ann"], createdAt: clock.now))
        try await store.update("f", in: dialect, deletesEmpty: true, outbox: { _ in [] }) { $0.remove("ann") }
        _ = try await (store.conversation("g", in: dialect), store.members(of: "g", in: dialect))
        _ = try await store.contacts(of: "ann", in: dialect, limit: 10)
    }

    private func draft(_ text: String, in conversation: String = "g", media: [MediaRecord] = []) -> MessageDraft {
        var message = ChatMessage(
            id: ids.next(at: clock.now).description, dialect: dialect, conversation: conversation, sender: "ann",
            type: .text, text: text, createdAt: clock.now)
        message.attachments = media
        return MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: "ann", name: "Ann"),
            allowance: DailyAllowance(regular: 1000, visitor: 10), separatesTimestamps: true
        ) {
            [OutboxDraft(recipient: $0.message.conversation, audience: .members, event: "new", message: $0.message.id)]
        }
    }

    private func messages() async throws {
        let saved = try await store.save([draft("one"), draft("two", media: [.video("v")]), draft("three")])
        let (first, second) = (saved[0].message.id, saved[1].message.id)
        _ = try await store.message(first, in: dialect, viewer: "bob")
        _ = try await store.messageCount(of: "g", in: dialect, viewer: "bob")
        _ = try await store.usage(
            of: ChatCaller(id: "ann"), in: dialect, allowance: DailyAllowance(regular: 1000, visitor: 10), at: clock.now
        )
        for page in [
            MessagePage(limit: 2), MessagePage(page: 2, limit: 1), MessagePage(limit: 2, before: .message(second)),
            MessagePage(limit: 2, after: .date(clock.now)), MessagePage(limit: 2, before: .date(clock.now)),
        ] {
            _ = try await store.messages(of: "g", in: dialect, viewer: "bob", page: page)
        }
        _ = try await (
            store.messages([first, second], in: dialect, viewer: "bob"), store.conversations(["g"], in: dialect),
            store.isShown(
                MediaItem(id: "none", owner: "ann", record: .video("no object"), createdAt: clock.now), in: dialect,
                to: "bob")
        )
        try await store.updateMessage(first, in: dialect, by: nil, outbox: { _ in [] }) {
            $0.pin = MessagePin(user: "ann", pinnedAt: $0.createdAt)
        }
        _ = try await (
            store.endedPolls(in: dialect, at: clock.now, limit: 10), store.nextPollEnd(in: dialect)
        )
        for selection in [MessageSelection.all, .replies(to: first), .mentions, .bookmarks] {
            let page = MessageListPage(limit: 2, before: second, after: first)
            _ = try await store.messages(selection, in: dialect, viewer: "ann", page: page)
        }
        for text in ["one", "tw thr", "สวัสดีครับ a-b", ""] {
            var search = MessageSearch(text, in: "g", limit: 2)
            _ = try await store.search(search, in: dialect, viewer: "bob")
            (search.conversation, search.senders, search.types) = (nil, ["ann"], [.text])
            (search.since, search.until) = (clock.now - 60, clock.now)
            _ = try await store.search(search, in: dialect, viewer: "bob")
        }
        for selection in [ReadSelection.upTo(first), .these([second]), .all] {
            _ = try await store.markRead(
                conversation: "g", in: dialect, reader: "bob", selection: selection, at: clock.now
            ) { _ in [] }
        }
        _ = try await store.edit(first, in: dialect, text: "eins", at: clock.now, outbox: [])
        _ = try await store.react(
            to: first, in: dialect, Reaction(user: "bob", emoji: "+", createdAt: clock.now), inPlace: true, outbox: [])
        _ = try await store.unreact(to: first, in: dialect, user: "bob", emoji: nil, outbox: [])
        _ = try await store.dueMessages(in: [dialect], at: clock.now, limit: 10)
        _ = try await store.nextDueMessage(in: [dialect])
        try await store.markDelivered([first, second], in: dialect, to: ["bob"], at: clock.now)
        _ = try await store.markListened(second, in: dialect, listener: "cid", at: clock.now, outbox: [])
        try await store.hide(first, in: dialect, from: "cid", outbox: [])
        try await store.hideAll(in: "g", of: dialect, from: "dan")
        _ = try await store.conversations(of: "ann", in: dialect, page: 1, limit: 10)
        _ = try await store.summary(of: "g", in: dialect, for: "bob")
        _ = try await store.memberships(of: "g", in: dialect)
        try await store.updateMembership(of: "bob", conversation: "g", in: dialect) { $0.isArchived = true }
        _ = try await store.statistics(of: "g", in: dialect, activeSince: clock.now)
        let entries = try await store.dueOutbox(of: [dialect], limit: 10, after: 0, except: [])
        try await store.postpone(entries[0].sequence, for: .seconds(1))
        _ = try await (store.dueOutbox(limit: 10), store.nextRetry(of: [dialect], except: []), store.outboxBacklog())
        try await store.fanOut(entries[1], to: ["bob"], remaining: ["cid"])
        _ = try await store.leaseOutbox(of: [dialect])
        _ = try await store.leaseOutbox(of: [dialect])
        try await store.releaseOutbox(of: [dialect])
        let letter = entries[2].sequence
        for _ in 0..<2 {
            try await store.moveToDeadLetters(letter, reason: "no reason", at: clock.now)
            _ = try await (store.deadLetters(after: 0, limit: 10), store.deadLetterCounts())
            _ = try await store.replayDeadLetters([letter])
        }
        _ = try await store.replayDeadLetters(nil)
        try await store.delivered(entries.map(\.sequence))
    }

    private func media() async throws {
        let item = MediaItem(
            id: "m", dialect: Dialect(rawValue: "signalr"), owner: "ann", record: .video("m"), createdAt: clock.now)
        try await store.save(item)
        var imported = item
        (imported.id, imported.record.key) = ("imported", "of-others.jpg")
        _ = try await store.register(imported)
        _ = try await (store.media("m"), store.media(object: "m", of: "ann", in: Dialect(rawValue: "signalr")))
        for filter in [MediaFilter(), MediaFilter(owner: "ann", since: clock.now), MediaFilter(kind: .video)] {
            let position = MediaPosition(createdAt: clock.now, id: "m")
            _ = try await store.media(matching: filter, after: position, limit: 10)
        }
        let upload = PresignedUpload(
            id: "u", dialect: dialect, owner: "ann", conversation: "g", key: "incoming/u", mimeType: "image/png",
            fileSize: 7, expires: clock.now + 60, lifetime: .seconds(60))
        try await store.save(upload, within: UploadAllowance(files: 2, bytes: 100))
        _ = try await store.presignedUpload("u", in: dialect)
        _ = try await store.claim(token: "t", in: dialect, expires: clock.now + 60)
        try await userFiles()
        _ = try await store.deleteUnreferencedMedia(waiting: .zero, limit: 10)
        try await store.deleteUnreferencedMedia("m")
        clock.advance(1_000)
        try await store.retainUploads(store.uncheckedUploads(limit: 10))
        _ = try await store.markLateUploadsForDeletion(limit: 10)
    }

    private func userFiles() async throws {
        let position = MediaPosition(createdAt: clock.now, id: "m")
        for filter in [
            MediaFilter(), MediaFilter(kind: .video, dialect: dialect, since: clock.now), MediaFilter(dialect: .native),
        ] {
            _ = try await store.userFiles(of: "ann", matching: filter, after: position, limit: 10)
            _ = try await store.media(matching: filter, after: position, limit: 10)
        }
        _ = try await (
            store.mediaUsage(of: "ann"), store.uses(of: "m", by: "ann"), store.uploadsInProgress(of: "ann")
        )
        let expiring = MediaJobRequest(expiring: [.init(kind: .video, before: clock.now)])
        for cursor in [nil, SelectionCursor.object("")] {
            _ = try await store.select(MediaJobRequest(erasing: "ann"), after: cursor, limit: 10)
            _ = try await store.select(expiring, after: cursor, limit: 10)
        }
        _ = try await store.removeFile("v", from: "none", in: dialect, at: clock.now)
    }

    private func objects() async throws {
        try await store.reserve(objects: ["a", "b", "c"])
        _ = try await store.reserve([ObjectDraft(key: "d", fingerprint: "f")])
        try await store.endReservations(of: ["d"])
        try await store.setFingerprints(of: [ObjectDraft(key: "d")])
        try await store.markForDeletion(objects: ["c"])
        _ = try await store.isReserved("a")
        _ = try await store.references("a")
        _ = try await store.abandonedObjects(reservedFor: .zero)
        _ = try await store.markAbandonedObjectsForDeletion(reservedFor: .zero)
        _ = try await store.pendingDeletions(limit: 10)
        try await store.release(objects: store.claimPendingDeletions(limit: 10).map(\.key))
        _ = try await store.nextRecheck()
        clock.advance(1_000)
        _ = try await store.claimPendingDeletions(limit: 10)
    }

    private func jobs() async throws {
        let job = try await store.add(
            MediaJob(
                id: "j", origin: .service, request: MediaJobRequest(), idempotencyKey: "key", createdAt: clock.now))
        _ = try await (store.jobs(of: .service, isOpen: true, limit: 10), store.records(of: "v"))
        _ = try await (store.job(job.id), store.select(job.request, after: nil, limit: 10))
        _ = try await store.claim(job.id, by: "one", lease: .seconds(10))
        _ = try await store.renewLease(job.id, by: "one")
        while try await store.fill(job.id, by: "one", limit: 10) != nil {}
        _ = try await store.selectionPosition(of: job.id, by: "one")
        _ = try await store.add(Selection(objects: []), to: job.id, by: "one")
        guard case .item(let begun) = try await store.nextItem(of: job.id, by: "one") else { return }
        _ = try await (store.openJobs(of: .service, limit: 10), store.dueItems(of: job.id, by: "one", limit: 10))
        _ = try await store.requeueLostItems(of: job.id, by: "one")
        guard case .begun(let item, _) = try await store.begin(begun.number, of: job.id, by: "other", isTakeover: true)
        else { return }
        _ = try await store.heldItems(among: [item.number], by: "other")
        try await store.reserve("v-thumb-2.jpg", for: item)
        let change = MediaChange(objects: ["v-thumb-2.jpg"]) { record in
            var record = record
            record.thumbnailKey = "v-thumb-2.jpg"
            return record
        }
        _ = try await store.end(item, .made, change: change)
        _ = try await store.complete(job.id, by: "one")
        try await store.release(job.id, by: "one")
        _ = try await (store.failures(of: job.id, after: 0, limit: 10), store.cancelJob(job.id))
        try await store.deleteEndedJobs(keeping: 0)
    }

    private func deletions() async throws {
        let saved = try await store.save([draft("last", media: [.voice("w")])])
        _ = try await store.deleteForAll(saved[0].message.id, in: dialect, at: clock.now, outbox: [])
        try await store.save(
            MediaItem(
                id: "n", dialect: dialect, conversation: "g", owner: "ann", record: .voice("n"), createdAt: clock.now))
        _ = try await store.deleteMedia("n", everywhere: true)
        _ = try await store.deleteUser("dan")
        _ = try await store.deleteUser("cid", deletingEmptyGroupsOf: [dialect])
        _ = try await store.deleteConversation("g", in: dialect)
    }
}

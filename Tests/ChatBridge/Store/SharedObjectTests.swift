import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import ChatBridge

@Suite("Objects that several uploads share", .serialized)
struct SharedObjectTests {
    let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }
    private static let dialect = Dialect(rawValue: "imagekit")

    init() throws { fixture = try StoreFixture(requiresReservations: true) }

    private func record(_ key: String, id: String? = nil) -> MediaRecord {
        var record = MediaRecord(key: key, kind: .image, mimeType: "image/png", fileSize: 1)
        record.id = id
        return record
    }

    /// Uploads a file of that content as the medium `id`, whose key is `id` where nothing is shared. Returns the key.
    @discardableResult
    private func upload(
        _ id: String, of owner: String = "ann", content: String = "content", needsMessage: Bool = false
    ) async throws -> String {
        let shared = try await store.reserve([ObjectDraft(key: id, fingerprint: content)])
        let key = shared[id] ?? id
        try await store.save(
            MediaItem(
                id: id, dialect: Self.dialect, owner: owner, record: record(key), createdAt: fixture.clock.now,
                needsMessage: needsMessage))
        if !shared.isEmpty { try await store.endReservations(of: [id]) }
        return key
    }

    /// Sends the medium `id`. Returns the message.
    private func send(_ id: String, of owner: String = "ann", to receiver: String = "bob") async throws -> ChatMessage {
        let record = try #require(try await store.media(id)).record
        let message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: Self.dialect, sender: owner,
            receiver: receiver, type: .media, text: "", media: self.record(record.key, id: id),
            createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .direct(newConversationID: fixture.ids.next(at: fixture.clock.now).description),
            caller: ChatCaller(id: owner), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func deleted() async throws -> [String] {
        let claimed = try await store.claimPendingDeletions(limit: 10).map(\.key).sorted()
        try await store.release(objects: claimed)
        return claimed
    }

    @Test("one object is deleted with the last medium that refers to it", arguments: StoreEngine.allCases)
    func counted(engine: StoreEngine) async throws {
        try fixture.use(engine)
        #expect(try await upload("a") == "a")
        #expect(try await upload("b") == "a")
        #expect(try await upload("c", content: "other") == "c")
        #expect(try await store.deleteMedia("a", everywhere: false) == [])
        #expect(try await deleted() == [])
        // Also by an upload that finds the object after its first medium is gone.
        #expect(try await upload("d") == "a")
        #expect(try await store.deleteMedia("b", everywhere: false) == [])
        #expect(try await store.deleteMedia("d", everywhere: false) == ["a"])
        #expect(try await deleted() == ["a"])
        #expect(try await upload("e") == "e")
    }

    @Test("an object that is being written or deleted is not shared", arguments: StoreEngine.allCases)
    func unshared(engine: StoreEngine) async throws {
        try fixture.use(engine)
        #expect(try await store.reserve([ObjectDraft(key: "a", fingerprint: "content")]) == [:])
        #expect(try await upload("b") == "b")
        #expect(try await store.reserve([ObjectDraft(key: "c"), ObjectDraft(key: "d")]) == [:])
        // Written in vain: it may be incomplete.
        try await store.markForDeletion(objects: ["a", "c", "d"])
        _ = try await store.deleteMedia("b", everywhere: false)
        #expect(try await store.claimPendingDeletions(limit: 10).map(\.key).sorted() == ["a", "b", "c", "d"])
        #expect(try await upload("e") == "e")
    }

    @Test(
        "an object whose last reference goes while an upload is to share it stays until that refers to it",
        arguments: StoreEngine.allCases)
    func lastReference(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        let drafts = ["b", "c"].map { ObjectDraft(key: $0, fingerprint: "content") }
        #expect(try await store.reserve([drafts[0]]) == ["b": "a"])
        #expect(try await store.deleteMedia("a", everywhere: false) == [])
        #expect(try await deleted() == [])
        // It is shared with further uploads meanwhile, and those that are given up do not matter.
        #expect(try await store.reserve([drafts[1]]) == ["c": "a"])
        try await store.markForDeletion(objects: ["c"])
        #expect(try await deleted() == ["c"])
        try await store.save(
            MediaItem(id: "b", dialect: Self.dialect, owner: "bob", record: record("a"), createdAt: fixture.clock.now))
        try await store.endReservations(of: ["b"])
        #expect(try await deleted() == [])
        #expect(try await store.deleteMedia("b", everywhere: false) == ["a"])
        #expect(try await deleted() == ["a"])
    }

    @Test("an upload that ends before it refers to the object frees it", arguments: StoreEngine.allCases)
    func ended(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        let draft = ObjectDraft(key: "b", fingerprint: "content")
        #expect(try await store.reserve([draft]) == ["b": "a"])
        _ = try await store.deleteMedia("a", everywhere: false)
        try await store.endReservations(of: ["b"])
        #expect(try await deleted() == ["a"])
        #expect(try await !store.isReserved("b"))

        try await upload("c")
        var other: (any ChatStore)? = try fixture.another()
        #expect(try await other?.reserve([draft]) == ["b": "c"])
        _ = try await store.deleteMedia("c", everywhere: false)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        #expect(try await deleted() == [])
        await fixture.end(&other)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == ["b"])
        #expect(try await deleted() == ["b", "c"])
    }

    @Test(
        "an object that was shared by two reservations of one key is deleted with the last that refers to it",
        arguments: StoreEngine.allCases)
    func reservedTwice(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        let draft = ObjectDraft(key: "b", fingerprint: "content")
        for _ in 0..<2 { #expect(try await store.reserve([draft]) == ["b": "a"]) }
        try await store.endReservations(of: ["b"])
        #expect(try await store.deleteMedia("a", everywhere: false) == ["a"])
        #expect(try await deleted() == ["a"])

        // The second reservation shares nothing, and what had only the first is free.
        try await upload("c")
        #expect(try await store.reserve([draft]) == ["b": "c"])
        #expect(try await store.deleteMedia("c", everywhere: false) == [])
        try await store.reserve(objects: ["b"])
        #expect(try await deleted() == ["c"])
    }

    @Test(
        "an object that is referenced although its reservation shared another frees that one",
        arguments: StoreEngine.allCases)
    func referencedItself(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        #expect(try await store.reserve([ObjectDraft(key: "b", fingerprint: "content")]) == ["b": "a"])
        try await store.save(
            MediaItem(id: "b", dialect: Self.dialect, owner: "bob", record: record("b"), createdAt: fixture.clock.now))
        #expect(try await store.deleteMedia("a", everywhere: false) == ["a"])
        #expect(try await deleted() == ["a"])
    }

    @Test(
        "an object whose fingerprint is withdrawn is not shared any more, and one that is given one is",
        arguments: StoreEngine.allCases)
    func fingerprints(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        try await store.setFingerprints(of: [ObjectDraft(key: "a")])
        #expect(try await upload("b") == "b")
        #expect(try await upload("c") == "b")
        #expect(try await store.media("a") != nil)
        try await store.setFingerprints(of: [ObjectDraft(key: "a", fingerprint: "other")])
        #expect(try await upload("d", content: "other") == "a")
        // Nothing is kept of an object that nothing refers to.
        try await store.setFingerprints(of: [ObjectDraft(key: "e", fingerprint: "third")])
        #expect(try await upload("f", content: "third") == "f")
    }

    @Test(
        "a file is deleted from the messages that show it, and not from those that show another of the same object",
        arguments: StoreEngine.allCases)
    func everywhere(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        try await upload("b", of: "cid")
        let mine = try await send("a")
        let theirs = try await send("b", of: "cid", to: "dan")
        #expect(try await store.deleteMedia("a", everywhere: true) == [])
        #expect(try await store.message(mine.id, in: Self.dialect, viewer: nil)?.attachments == [])
        #expect(try await store.message(theirs.id, in: Self.dialect, viewer: nil)?.attachments.map(\.key) == ["a"])
        #expect(try await deleted() == [])
        _ = try await store.deleteForAll(theirs.id, in: Self.dialect, at: fixture.clock.now, outbox: [])
        #expect(try await deleted() == [])
        #expect(try await store.deleteMedia("b", everywhere: true) == ["a"])
        #expect(try await deleted() == ["a"])
    }

    @Test(
        "a file that no message shows is deleted, although one shows another file of the same object",
        arguments: StoreEngine.allCases)
    func unreferenced(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for id in ["a", "b", "c"] { try await upload(id, needsMessage: true) }
        _ = try await send("a")
        #expect(try await !store.deleteUnreferencedMedia("a"))
        #expect(try await store.deleteUnreferencedMedia("b"))
        fixture.clock.advance(60)
        #expect(try await store.deleteUnreferencedMedia(waiting: .seconds(30), limit: 10) == 1)
        #expect(try await store.media("a") != nil)
        #expect(try await store.media("b") == nil)
        #expect(try await store.media("c") == nil)
        #expect(try await deleted() == [])
    }

    @Test(
        "a message shows its file, and no other of the same object; each user finds their own by the object's key",
        arguments: StoreEngine.allCases)
    func shown(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        fixture.clock.advance(1)
        try await upload("b", of: "cid")
        _ = try await send("a")
        let (mine, theirs) = (try #require(try await store.media("a")), try #require(try await store.media("b")))
        #expect(try await store.isShown(mine, in: Self.dialect, to: "bob"))
        #expect(try await !store.isShown(theirs, in: Self.dialect, to: "bob"))
        #expect(try await store.media(object: "a", of: "ann", in: Self.dialect)?.id == "a")
        #expect(try await store.media(object: "a", of: "cid", in: Self.dialect)?.id == "b")
        #expect(try await store.media(object: "a", of: "bob", in: Self.dialect) == nil)
    }

    @Test("an object that very many messages show is not shared any more", arguments: [StoreEngine.sqlite, .mongodb])
    func manyReferences(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await upload("a")
        let shown = record("a", id: "a")
        // The medium is one reference.
        for batch in [50, 48] {
            let drafts = (0..<batch).map { _ in
                MessageDraft(
                    message: ChatMessage(
                        id: fixture.ids.next(at: fixture.clock.now).description, dialect: Self.dialect, sender: "ann",
                        receiver: "bob", type: .media, text: "", media: shown, createdAt: fixture.clock.now),
                    place: .direct(newConversationID: fixture.ids.next(at: fixture.clock.now).description),
                    caller: ChatCaller(id: "ann"), allowance: nil
                ) { _ in [] }
            }
            _ = try await store.save(drafts)
        }
        #expect(try await upload("b") == "a")
        #expect(try await upload("c") == "c")
        #expect(try await upload("d") == "c")
    }

    @Test(
        "an object is never lost, whatever uploads and deletions of the same content run at once",
        arguments: StoreEngine.allCases)
    func concurrent(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let other = try fixture.another()
        try await upload("a")
        let kept = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<8 {
                let (id, store) = ("m\(number)", number % 2 == 0 ? store : other)
                let item = MediaItem(
                    id: id, dialect: Self.dialect, owner: "ann", record: record(id), createdAt: fixture.clock.now)
                group.addTask {
                    var item = item
                    let shared = try await store.reserve([ObjectDraft(key: id, fingerprint: "content")])
                    item.record.key = shared[id] ?? id
                    try await store.save(item)
                    if !shared.isEmpty { try await store.endReservations(of: [id]) }
                    return item.record.key
                }
            }
            group.addTask { [store] in
                _ = try await store.deleteMedia("a", everywhere: false)
                return ""
            }
            group.addTask { [store] in
                _ = try await store.claimPendingDeletions(limit: 10)
                return ""
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        // Nothing that a medium refers to is deleted now or later, and everything else is.
        let gone = Set(try await store.claimPendingDeletions(limit: 100).map(\.key))
        #expect(gone.isDisjoint(with: kept))
        for number in 0..<8 { _ = try await store.deleteMedia("m\(number)", everywhere: false) }
        let all = Set(try await store.claimPendingDeletions(limit: 100).map(\.key))
        #expect(all.union(["a"]) == kept.subtracting([""]).union(["a"]))
    }
}

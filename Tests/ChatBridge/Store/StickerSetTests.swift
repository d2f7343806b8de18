import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@testable import ChatBridge

@Suite("Sticker sets in a store")
struct StickerSetTests {
    private struct Full: Error {}

    private func sticker(_ id: String, _ tags: [String] = []) -> Sticker {
        var file = MediaRecord.video("rooms/stickers/\(id)")
        file.id = "media-\(id)"
        return Sticker(id: id, type: "static", name: id, tags: tags, file: file)
    }

    private func define(
        _ id: String, _ name: String = "Cats", category: String? = nil, _ stickers: [Sticker] = [],
        in fixture: StoreFixture
    ) async throws {
        let date = fixture.clock.now
        fixture.clock.advance(1)
        _ = try await fixture.store.updateStickerSet(id, in: .rooms, adding: nil) { set, _ in
            set = StickerSet(
                id: id, dialect: .rooms, content: .init(name: name, category: category, stickers: stickers),
                createdAt: date, updatedAt: date)
        }
    }

    private func add(_ sticker: Sticker, to id: String, _ fixture: StoreFixture) async throws {
        try await fixture.store.reserve(objects: sticker.file.objects)
        let media = MediaItem(
            id: sticker.file.id ?? "", dialect: .rooms, owner: "", record: sticker.file, createdAt: fixture.clock.now)
        _ = try await fixture.store.updateStickerSet(id, in: .rooms, adding: media) { set, _ in
            set?.content.stickers.append(sticker)
        }
    }

    @Test("are listed newest first, page by page, by category, words and ID", arguments: StoreEngine.allCases)
    func lists(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await define("a", "Funny cats", category: "funny", [sticker("1", ["purr"])], in: fixture)
        try await define("b", "Hunde ÄRGER", category: "funny", in: fixture)
        try await define("c", "แมวน่ารัก", in: fixture)
        func found(
            _ text: String = "", _ category: String? = nil, ids: Set<String>? = nil, page: Int = 1, limit: Int = 10
        ) async throws -> [String] {
            let filter = StickerSetFilter(category: category, words: StickerWords(text), ids: ids)
            let (sets, total) = try await fixture.store.stickerSets(
                in: .rooms, filter: filter, page: page, limit: limit)
            return sets.map(\.id) + ["\(total)"]
        }
        #expect(try await found() == ["c", "b", "a", "3"])
        #expect(try await found(page: 2, limit: 2) == ["a", "3"])
        #expect(try await found(page: .max, limit: 100) == ["3"])
        #expect(try await found("", "funny") == ["b", "a", "2"])
        #expect(try await found("CATS funny") == ["a", "1"])
        #expect(try await found("purr") == ["a", "1"])
        #expect(try await found("arger") == ["b", "1"])
        #expect(try await found("แมว") == ["c", "1"])
        for text in ["%", ".*"] { #expect(try await found(text) == ["0"]) }
        #expect(try await found(ids: ["a", "c", "x"]) == ["c", "a", "2"])
        #expect(try await found(ids: []) == ["0"])
        let other = Dialect(rawValue: "other")
        #expect(try await fixture.store.stickerSets(in: other, filter: .init(), page: 1, limit: 9).total == 0)
    }

    @Test(
        "a sticker's file is saved with it, and deleted with the sticker, except where a message shows it",
        arguments: StoreEngine.allCases)
    func files(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, all) = (fixture.store, ["one", "two", "three"].map { sticker($0) })
        try await define("s", in: fixture)
        for sticker in all { try await add(sticker, to: "s", fixture) }
        #expect(try await store.stickerSet("s", in: .rooms)?.content.stickers == all)
        let conversation = Conversation(id: "g", dialect: .rooms, members: ["ann"], createdAt: fixture.clock.now)
        try await store.upsert(conversation)
        var message = ChatMessage(
            id: "m", dialect: .rooms, conversation: "g", sender: "ann", type: .text, createdAt: fixture.clock.now)
        message.media = all[2].file
        _ = try await store.save([
            MessageDraft(
                message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
            ) { _ in [] }
        ])
        _ = try await store.updateStickerSet("s", in: .rooms, adding: nil) { set, _ in
            set?.content.stickers.removeFirst()
        }
        #expect(try await store.media("media-one") == nil)
        #expect(try await store.media("media-two") != nil)
        #expect(try await Set(store.pendingDeletions(limit: 9)) == Set(all[0].file.objects))
        #expect(try await store.updateStickerSet("s", in: .rooms, adding: nil) { set, _ in set = nil } == nil)
        #expect(try await store.stickerSet("s", in: .rooms) == nil)
        #expect(
            try await Set(store.pendingDeletions(limit: 9)) == Set(all[0].file.objects + all[1].file.objects))
        #expect(try await store.message("m", in: .rooms, viewer: "ann")?.attachments == [all[2].file])
    }

    @Test("are removed from what users have when they are deleted, each alone", arguments: StoreEngine.allCases)
    func records(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        for (set, user) in [("a", "ann"), ("a", "bob"), ("b", "ann")] {
            if user == "ann" { try await define(set, in: fixture) }
            let record = UserRecord(
                dialect: .rooms, kind: .stickerSet, key: "\(user):\(set)", user: user, value: ["set": .string(set)],
                createdAt: fixture.clock.now)
            #expect(try await fixture.store.insertRecords([record], writing: nil))
        }
        _ = try await fixture.store.updateStickerSet("a", in: .rooms, adding: nil) { set, _ in set = nil }
        #expect(try await fixture.store.records(.stickerSet, of: "ann", in: .rooms).map(\.key) == ["ann:b"])
        #expect(try await fixture.store.records(.stickerSet, of: "bob", in: .rooms).isEmpty)
    }

    @Test("a change that throws, or a file that cannot be saved, changes nothing", arguments: StoreEngine.allCases)
    func failures(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await define("s", in: fixture)
        try await add(sticker("one"), to: "s", fixture)
        await #expect(throws: Full.self) {
            try await fixture.store.updateStickerSet("s", in: .rooms, adding: nil) { set, _ in
                set = nil
                throw Full()
            }
        }
        // There is a medium of that ID.
        let other = sticker("two")
        let media = MediaItem(id: "media-one", owner: "", record: other.file, createdAt: fixture.clock.now)
        await #expect(throws: ChatError.self) {
            try await fixture.store.updateStickerSet("s", in: .rooms, adding: media) { set, _ in
                set?.content.stickers.append(other)
            }
        }
        #expect(try await fixture.store.stickerSet("s", in: .rooms)?.content.stickers.map(\.id) == ["one"])
    }

    @Test("of sets that are made at once no more are made than there may be", arguments: StoreEngine.allCases)
    func limit(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    do {
                        _ = try await store.updateStickerSet("s\(number)", in: .rooms, adding: nil) { set, count in
                            guard count < 5 else { throw Full() }
                            let date = Date(milliseconds: number)
                            set = StickerSet(
                                id: "s\(number)", dialect: .rooms, content: .init(name: "S"), createdAt: date,
                                updatedAt: date)
                        }
                        return true
                    } catch is Full { return false }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 5)
        #expect(try await store.stickerSets(in: .rooms, filter: .init(), page: 1, limit: 99).0.count == 5)
    }
}

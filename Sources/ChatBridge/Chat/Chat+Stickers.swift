public import Foundation
import JSON
import MediaModel

/// Sticker sets: those that the chat server provides, and those that a user has added to theirs.
extension Chat {
    /// Creates a set, or changes what it is called; its stickers stay.
    /// - Parameters:
    ///   - content: what the chat server says of the set; its stickers are ignored.
    ///   - limit: how many sets a dialect may have.
    /// - Throws: ``ChatError`` with code `limitReached`; `unavailable` when the store does not answer.
    public func defineStickerSet(_ id: String, as content: StickerSet.Content, limit: Int) async throws -> StickerSet {
        let (date, dialect) = (timestamp, dialect)
        return try await updateStickerSet(id) { former, count in
            guard let former else {
                guard count < limit else { throw ChatError(.limitReached, "There are at most \(limit) sticker sets") }
                var content = content
                content.stickers = []
                return StickerSet(id: id, dialect: dialect, content: content, createdAt: date, updatedAt: date)
            }
            var set = former
            set.content = content
            set.content.stickers = former.content.stickers
            if set != former { set.updatedAt = date }
            return set
        }
    }

    /// Adds a sticker to a set, or replaces the one of its ID. Returns both.
    /// - Parameter limit: how many stickers a set may have.
    /// - Throws: ``ChatError`` with code `notFound` when there is no such set or the file's objects were deleted meanwhile,
    ///   `limitReached`; `unavailable` when the store does not answer.
    public func addSticker(
        _ sticker: Sticker, to id: String, limit: Int
    ) async throws -> (sticker: Sticker, set: StickerSet) {
        let (date, noSet) = (timestamp, noStickerSet)
        var sticker = sticker
        sticker.file.id = ids.media(at: date)
        // The chat server's own files have no user: no ID of one is empty.
        let media = MediaItem(
            id: sticker.file.id ?? "", dialect: dialect, owner: "", record: sticker.file, createdAt: date)
        let set = try await updateStickerSet(id, adding: media) { [sticker] former, _ in
            guard var set = former else { throw noSet }
            if let place = set.content.stickers.firstIndex(where: { ChatIdentifier.areSame($0.id, sticker.id) }) {
                set.content.stickers[place] = sticker
            } else {
                guard set.content.stickers.count < limit else {
                    throw ChatError(.limitReached, "A sticker set has at most \(limit) stickers")
                }
                set.content.stickers.append(sticker)
            }
            set.updatedAt = date
            return set
        }
        wake()
        // An earlier attempt at the same request has added it with a file of its own.
        return (set.sticker(sticker.id) ?? sticker, set)
    }

    /// Writes what `change` makes of a set, which is `nil` where there is none. Returns that.
    private func updateStickerSet(
        _ id: String, adding media: MediaItem? = nil,
        change: @escaping @Sendable (_ former: StickerSet?, _ count: Int) throws -> StickerSet
    ) async throws -> StickerSet {
        let set = try await store.updateStickerSet(id, in: dialect, adding: media) { set, count in
            set = try change(set, count)
        }
        // A store returns what the change has made, and that is a set.
        guard let set else { throw noStickerSet }
        return set
    }

    /// Removes a sticker from a set, or with `nil` deletes the set. Messages keep the stickers that they show.
    /// - Throws: ``ChatError`` with code `notFound` when there is none; `unavailable` when the store does not answer.
    public func removeSticker(_ sticker: String?, from id: String) async throws {
        let (date, noSet, noSticker) = (timestamp, noStickerSet, noSticker)
        _ = try await store.updateStickerSet(id, in: dialect, adding: nil) { set, _ in
            guard let known = set else { throw noSet }
            guard let sticker else { return set = nil }
            guard known.sticker(sticker) != nil else { throw noSticker }
            set?.content.stickers.removeAll { ChatIdentifier.areSame($0.id, sticker) }
            set?.updatedAt = date
        }
        wake()
    }

    /// A set by its ID.
    /// - Throws: ``ChatError`` with code `notFound`; `unavailable` when the store does not answer.
    public func stickerSet(_ id: String) async throws -> StickerSet {
        guard let set = try await store.stickerSet(id, in: dialect) else { throw noStickerSet }
        return set
    }

    /// A sticker of a set.
    /// - Throws: ``ChatError`` with code `notFound`; `unavailable` when the store does not answer.
    public func sticker(_ id: String, in set: String) async throws -> Sticker {
        guard let sticker = try await stickerSet(set).sticker(id) else { throw noSticker }
        return sticker
    }

    /// A page of the sets that `filter` selects, the newest first, and how many there are on all pages.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func stickerSets(_ filter: StickerSetFilter, page: Int, limit: Int) async throws
        -> ([StickerSet], total: Int)
    {
        try await store.stickerSets(in: dialect, filter: filter, page: page, limit: limit)
    }

    /// The first `limit` stickers in which all of `words` are found, with their sets; none for no words.
    /// - Parameter maximumSets: in how many sets at most, the newest of those that have the words somewhere.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func searchStickers(
        _ words: StickerWords, limit: Int, maximumSets: Int
    ) async throws -> [(set: StickerSet, sticker: Sticker)] {
        guard !words.folded.isEmpty else { return [] }
        let (sets, _) = try await stickerSets(StickerSetFilter(words: words), page: 1, limit: maximumSets)
        var found: [(set: StickerSet, sticker: Sticker)] = []
        for set in sets where found.count < limit { found += set.stickers(with: words).map { (set, $0) } }
        return Array(found.prefix(limit))
    }

    /// Adds a set to the caller's own; once, however often it is done.
    /// - Throws: ``ChatError`` with code `notFound` when there is no such set; `unavailable` when the store does not answer.
    public func collectStickerSet(_ id: String, for caller: ChatCaller) async throws -> StickerSet {
        let set = try await stickerSet(id)
        _ = try await store.insertRecords(
            [
                UserRecord(
                    dialect: dialect, kind: .stickerSet, key: "\(caller.id.utf8.count):\(caller.id):\(id)",
                    user: caller.id, value: ["set": .string(id)], createdAt: timestamp)
            ], writing: nil)
        return set
    }

    /// A page of the sets that the caller has added to theirs and that still exist, each with when they did, and how many there are
    /// on all pages.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func collectedStickerSets(of caller: ChatCaller, page: Int, limit: Int) async throws
        -> ([(set: StickerSet, collectedAt: Date)], total: Int)
    {
        let records = try await store.records(.stickerSet, of: caller.id, in: dialect)
        let dates = Dictionary(
            records.map { ($0.value["set"]?.stringValue ?? "", $0.createdAt) }, uniquingKeysWith: { first, _ in first })
        let (sets, total) = try await stickerSets(
            StickerSetFilter(ids: Set(dates.keys)), page: page, limit: limit)
        return (sets.map { ($0, dates[$0.id] ?? $0.createdAt) }, total)
    }

    private var noStickerSet: ChatError { ChatError(.notFound, rules.refusals.noStickerSet) }
    private var noSticker: ChatError { ChatError(.notFound, rules.refusals.noSticker) }
}

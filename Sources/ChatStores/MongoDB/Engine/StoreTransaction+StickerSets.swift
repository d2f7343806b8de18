import ChatBridge
import ChatDocuments
import Foundation

/// Sticker sets, which the chat server provides.
extension StoreTransaction {
    func updateStickerSet(
        _ id: String, in dialect: Dialect, adding media: MediaItem?,
        change: (_ set: inout StickerSet?, _ count: Int) throws -> Void
    ) throws -> StickerSet? {
        // Sets that are made at once are counted one after the other.
        try lock("sticker sets of \(dialect.rawValue)")
        let former = try stickerSet(id, in: dialect)
        var set = former
        try change(&set, try session.count(own.stickerSets, Self.condition(dialect, StickerSetFilter())))
        if let media { try insert(media) }
        for id in StickerSet.removedMedia(from: former, to: set) { _ = try deleteMedia(id, everywhere: false) }
        let filter: BSONDocument = ["_id": .string(StickerSet.identifier(id, dialect))]
        guard let set else {
            try session.delete(own.stickerSets, filter)
            if former != nil { try deleteRecords(ofStickerSet: id, in: dialect) }
            return nil
        }
        if set != former { try session.update(own.stickerSets, filter, .document(try set.document), upsert: true) }
        return set
    }

    func stickerSet(_ id: String, in dialect: Dialect) throws -> StickerSet? {
        try session.first(own.stickerSets, ["_id": .string(StickerSet.identifier(id, dialect))])
            .map(StickerSet.init)
    }

    func stickerSets(in dialect: Dialect, filter: StickerSetFilter, page: Int, limit: Int) throws
        -> ([StickerSet], total: Int)
    {
        let condition = Self.condition(dialect, filter)
        let total = try session.count(own.stickerSets, condition)
        let (skipped, overflow) = (page - 1).multipliedReportingOverflow(by: limit)
        guard !overflow, skipped < total else { return ([], total) }
        let found = try session.find(
            own.stickerSets, condition, sort: ["createdAt": -1, "_id": -1], skip: skipped, limit: limit)
        return (try found.map(StickerSet.init), total)
    }

    private static func condition(_ dialect: Dialect, _ filter: StickerSetFilter) -> BSONDocument {
        var condition: BSONDocument = ["dialect": .string(dialect.rawValue)]
        condition["category"] = filter.category.map(BSONValue.string)
        condition["_id"] = filter.ids.map { ids in
            ["$in": .array(ids.sorted().map { .string(StickerSet.identifier($0, dialect)) })]
        }
        let words = filter.words.folded.map { word -> BSONValue in
            ["search": ["$regex": .string(pattern(of: word))]]
        }
        if !words.isEmpty { condition["$and"] = .array(words) }
        return condition
    }
}

extension StickerSet {
    /// The `_id` of a set.
    fileprivate static func identifier(_ id: String, _ dialect: Dialect) -> String { "\(dialect.rawValue):\(id)" }

    /// The set as a document.
    var document: BSONDocument {
        get throws {
            var document: BSONDocument = [
                "_id": .string(Self.identifier(id, dialect)), "dialect": .string(dialect.rawValue),
                "set": .string(id), "search": .string(searchText), "content": try .encoding(content),
                "createdAt": .date(createdAt), "updatedAt": .date(updatedAt),
            ]
            document["category"] = content.category.map(BSONValue.string)
            return document
        }
    }

    fileprivate init(_ document: BSONDocument) throws {
        guard let id = document["set"]?.stringValue, let dialect = document["dialect"]?.stringValue,
            let content = document["content"]
        else { throw DocumentError(field: "content") }
        let createdAt = document["createdAt"]?.timestamp ?? Date(milliseconds: 0)
        self.init(
            id: id, dialect: Dialect(rawValue: dialect), content: try content.decoding(Content.self),
            createdAt: createdAt, updatedAt: document["updatedAt"]?.timestamp ?? createdAt)
    }
}

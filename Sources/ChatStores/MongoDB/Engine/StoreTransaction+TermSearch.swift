import ChatBridge
import ChatDocuments

/// What a search selects.
struct FoundMessages {
    let filter: BSONDocument
    /// The index that is read.
    let index: String?
    let conversations: [ConversationRow]
    let limit: Int
    let offset: Int
}

/// Searches for the beginning of one word alone. They are counted in the index of terms, without reading what is found: half a microsecond
/// for each. Those that were deleted or hidden are counted apart, because the index does not know that. Where many are found, the
/// page is among the newest messages of the conversations, mostly.
extension StoreTransaction {
    /// Of how many conversations the newest messages are looked through at least.
    private static let latestConversations = 4
    /// Where no more are found, all of them are read and sorted.
    private var few: Int { 2 * countedMessages }
    /// How many of the newest messages of a conversation are looked through at first, and then.
    private var newest: [Int] { [countedMessages / 4, 4 * countedMessages] }
    /// How many messages are looked through at most.
    private var mostLookedThrough: Int { 20 * countedMessages }

    func page(
        of found: FoundMessages, begins prefix: String, in dialect: Dialect, viewer: String
    ) throws -> MessageList {
        let database = database(of: dialect)
        let fields = database.model.messageFields
        // An expression that names a beginning is a range of the index, which says all about it; not so `$elemMatch`.
        let term: BSONValue = ["$regex": .string("^" + Self.pattern(of: prefix))]
        let listed = BSONDocument([
            (fields.conversation, found.filter[fields.conversation] ?? .null), ("darkroom.terms", term),
        ])
        let all = try session.count(database.messages, listed, hint: "darkroom_terms")
        guard all > 0 else { return MessageList(messages: [], total: 0) }
        let isHidden = BSONDocument([(fields.hiddenFrom, BSONValue.matching(anyOf: [viewer]))])
        let isDeleted = fields.deleted.merging(["$nor": .array([.document(fields.isPresent)])])
        let hasHidden = try session.find(
            database.messages, isHidden, limit: 1, fields: ["_id": 1], hint: "darkroom_hidden")
        let hidden =
            try hasHidden.isEmpty
            ? 0 : session.count(database.messages, isHidden.merging(listed), hint: "darkroom_hidden")
        let deleted = try session.count(
            database.messages, listed.merging(isDeleted).merging(notHidden(from: viewer, in: dialect)),
            hint: "darkroom_deleted")
        let total = max(all - hidden - deleted, 0)
        guard found.limit > 0, found.offset < total else { return MessageList(messages: [], total: total) }
        let latest = all > few ? try latestMessages(found, listed, total: total, in: dialect) : nil
        return MessageList(messages: try latest ?? messages(found, in: dialect), total: total)
    }

    /// The page of what is found, which is read and sorted.
    func messages(_ found: FoundMessages, in dialect: Dialect) throws -> [ChatMessage] {
        try messageRows(
            found.filter, in: dialect, sort: ["darkroom.order": -1], skip: found.offset, limit: found.limit,
            hint: found.index
        ).map(\.message)
    }

    /// The page, from the newest messages of all conversations; `nil` where these do not have enough of what is found.
    private func latestMessages(
        _ found: FoundMessages, _ listed: BSONDocument, total: Int, in dialect: Dialect
    ) throws -> [ChatMessage]? {
        let database = database(of: dialect)
        let needed = found.offset + min(found.limit, total - found.offset)
        let latest = found.conversations.sorted { $0.stored.activity > $1.stored.activity }
            .prefix(Self.latestConversations)
        for count in newest where needed <= count * Self.latestConversations {
            // All after the latest place of those before which a conversation has so many messages.
            var after = 0
            for row in latest {
                let filter = messages(of: row.conversation.id, in: dialect).merging(["darkroom.order": ["$gt": 0]])
                let places = try session.find(
                    database.messages, filter, sort: Self.newestFirst(database), skip: count, limit: 1,
                    fields: ["_id": 0, "darkroom.order": 1], hint: "darkroom_order")
                after = max(after, places.first?[path: "darkroom.order"]?.integerValue ?? 0)
            }
            let range: BSONDocument = ["darkroom.order": ["$gt": .int64(after)]]
            let inAll = found.filter.fields.first { $0.name == database.model.messageFields.conversation }
            let places = BSONDocument([inAll].compactMap(\.self).map { ($0.name, $0.value) }).merging(range)
            let looked = try session.count(
                database.messages, places, limit: mostLookedThrough + 1, hint: "darkroom_order")
            guard looked <= mostLookedThrough else { return nil }
            guard looked >= needed else { continue }
            var filter = found.filter.merging(range)
            filter["darkroom.terms"] = listed["darkroom.terms"]
            let rows = try messageRows(
                filter, in: dialect, sort: ["darkroom.order": -1], limit: needed, hint: "darkroom_order")
            if rows.count == needed { return rows.dropFirst(found.offset).map(\.message) }
        }
        return nil
    }
}

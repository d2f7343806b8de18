import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func message(_ id: String, in dialect: Dialect, viewer: String?) throws -> ChatMessage? {
        guard let row = try messageRow(id, in: dialect) else { return nil }
        if let viewer, row.stored.hiddenFrom.contains(viewer) { return nil }
        return row.message
    }

    func messages(_ ids: Set<String>, in dialect: Dialect, viewer: String?) throws -> [ChatMessage] {
        let found = try messageRows(["_id": .matching(anyOf: ids)], in: dialect).compactMap { row in
            // One that another program wrote gets its place.
            try row.stored.order == nil ? messageRow(row.message.id, in: dialect) : row
        }
        return found.sorted { $0.order < $1.order }
            .filter { row in viewer.map { !row.stored.hiddenFrom.contains($0) } ?? true }.map(\.message)
    }

    func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) throws
        -> MessageList
    {
        guard let row = try placedRow(conversation, in: dialect) else {
            // A conversation that does not exist has no message at which a page could begin or end.
            if case .message? = page.before { throw ChatError(.unknownBound(isLower: false)) }
            if case .message? = page.after { throw ChatError(.unknownBound(isLower: true)) }
            return MessageList(messages: [], total: 0)
        }
        let (database, id) = (database(of: dialect), row.conversation.id)
        let older = try page.before.map { try order(of: $0, in: id, dialect, isLower: false) } ?? Int.max
        let newer = try page.after.map { try order(of: $0, in: id, dialect, isLower: true) } ?? 0
        return try self.page(
            page, of: PlacedMessages(conversation: id, database: database, viewer: viewer, after: newer, before: older))
    }

    /// The last message of a conversation that `viewer` sees and that was not deleted, of those that have a place.
    func lastMessage(of conversation: Conversation, viewer: String) throws -> ChatMessage? {
        let (dialect, database) = (conversation.dialect, database(of: conversation.dialect))
        let filter = messages(of: conversation.id, in: dialect).merging(notHidden(from: viewer, in: dialect))
            .merging(database.model.messageFields.isPresent)
        return try messageRows(filter, in: dialect, sort: Self.newestFirst(database), limit: 1).first?.message
    }

    /// The place of a bound in the order of messages: of the first message at or after it, or, as a lower bound, of the last at
    /// or before it. A date is replaced by that of the nearest message: where the clock was set back between two messages, the
    /// timestamp of a message still leads to that message.
    private func order(
        of bound: MessagePage.Bound, in conversation: String, _ dialect: Dialect, isLower: Bool
    ) throws -> Int {
        let (database, own) = (database(of: dialect), messages(of: conversation, in: dialect))
        let fields = database.model.messageFields
        switch bound {
        case .message(let id):
            guard let row = try messageRows(own.merging(["_id": .matching(id)]), in: dialect, limit: 1).first else {
                throw ChatError(.unknownBound(isLower: isLower))
            }
            return row.order
        case .date(let date):
            let filter = BSONDocument([
                (fields.createdAt, [(isLower ? "$lte" : "$gte"): database.model.value(of: date)] as BSONValue)
            ])
            let direction = BSONValue.int64(isLower ? -1 : 1)
            let sort = BSONDocument([
                (fields.conversation, direction), (fields.createdAt, direction), ("darkroom.order", direction),
            ])
            let nearest = try messageRows(own.merging(filter), in: dialect, sort: sort, limit: 1).first
            return nearest?.order ?? (isLower ? 0 : Int.max)
        }
    }
}

import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    /// How many conversations of a user are read for contacts, those that changed last first.
    private static let contactConversations = 10_000
    /// How many memberships of those are read.
    private static let contactMemberships = 20_000

    func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) throws -> ([ConversationSummary], total: Int) {
        let database = database(of: dialect)
        let listed = filter.condition(for: user, database.model)
        let total = try session.count(database.conversations, listed)
        let limit = max(limit, 0)
        let (skipped, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: limit)
        guard limit > 0, !overflow, skipped < total else { return ([], total) }
        let ids = try places(listed, filter.order, in: database, count: skipped + min(limit, total - skipped))
        let rows = try conversationRows(Array(ids.dropFirst(skipped).prefix(limit)), in: dialect)
        return (try rows.compactMap(placed).map { try summary($0, for: user) }, total)
    }

    /// The IDs of the first conversations of an order, at least `count` if there are so many.
    ///
    /// Those that were last changed here are read from the index in their order, as many as are needed. Those in which another
    /// program has sent a message since are read as well, and sorted in by the date of that.
    private func places(
        _ listed: BSONDocument, _ order: ConversationFilter.Order, in database: DialectDatabase, count: Int
    ) throws -> [BSONValue] {
        let field = "darkroom." + order.field
        var places: [(id: BSONValue, place: Int)] = []
        if let changed = database.model.changedByOthers {
            let fields = BSONDocument(database.model.placeFields.map { ($0, BSONValue.int64(1)) })
            places = try session.find(database.conversations, listed.adding(changed), fields: fields).map {
                ($0["_id"] ?? .null, database.model.place(of: $0, in: order))
            }
        }
        let others = Set(places.map(\.id))
        let known = try session.find(
            database.conversations, listed.adding(BSONDocument([(field, ["$gt": 0] as BSONValue)])),
            sort: BSONDocument([(field, BSONValue.int64(-1))]), limit: count,
            fields: BSONDocument([(field, BSONValue.int64(1))]))
        for document in known where !others.contains(document["_id"] ?? .null) {
            places.append((document["_id"] ?? .null, document[path: field]?.integerValue ?? 0))
        }
        return places.enumerated().sorted { ($1.element.place, $0.offset) < ($0.element.place, $1.offset) }
            .map(\.element.id)
    }

    func summary(of conversation: String, in dialect: Dialect, for user: String) throws -> ConversationSummary? {
        guard let row = try placedRow(conversation, in: dialect), row.conversation.members.contains(user) else {
            return nil
        }
        return try summary(row, for: user)
    }

    private func summary(_ row: ConversationRow, for user: String) throws -> ConversationSummary {
        let counts = row.stored.unreadCounts
        let membership = try memberships(of: [user], in: row)[user]
        return ConversationSummary(
            conversation: row.conversation,
            lastMessage: try lastMessage(of: row.conversation, viewer: user),
            unreadCount: counts[user] ?? 0, unreadCounts: counts,
            membership: membership ?? Membership(user: user, joinedAt: row.conversation.createdAt))
    }

    /// The contacts of a user, those of the conversations that changed last first. The limits bound how much is read.
    func contacts(of user: String, in dialect: Dialect, limit: Int) throws -> Set<String> {
        guard limit > 0 else { return [] }
        let database = database(of: dialect)
        var (contacts, memberships): (Set<String>, Int) = ([], 0)
        try session.forEach(
            database.conversations, database.model.isMember(user),
            sort: ["darkroom.activity": -1], limit: Self.contactConversations
        ) { document in
            let stored = try unreadable.read(document, of: database.conversations, database.model.conversation)
            guard let members = stored?.conversation.members, members.contains(user) else { return true }
            for member in members.sorted() {
                guard memberships < Self.contactMemberships, contacts.count < limit else { return false }
                memberships += 1
                if member != user { contacts.insert(member) }
            }
            return true
        }
        return contacts
    }
}

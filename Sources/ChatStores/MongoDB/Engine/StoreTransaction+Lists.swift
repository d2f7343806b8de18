import ChatBridge
import ChatDocuments
import Foundation
import JSON

extension StoreTransaction {
    /// How many conversations of a user are read for contacts, those that changed last first.
    private static let contactConversations = 10_000
    /// How many memberships of those are read.
    private static let contactMemberships = 20_000

    func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) throws -> ([ConversationSummary], total: Int) {
        let listed = try conversationRows(of: user, in: dialect)
            .filter { !$0.stored[user].isHidden && filter.includes($0.stored, for: user) }
            .sorted { filter.order.place($0.stored) > filter.order.place($1.stored) }
        let limit = max(limit, 0)
        let (skipped, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: limit)
        let rows = listed.dropFirst(overflow ? listed.count : skipped).prefix(limit)
        return (try rows.map { try summary($0, for: user) }, listed.count)
    }

    func summary(of conversation: String, in dialect: Dialect, for user: String) throws -> ConversationSummary? {
        guard let row = try conversationRow(conversation, in: dialect), row.conversation.members.contains(user) else {
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
        let field = database.model.memberField
        var (contacts, memberships): (Set<String>, Int) = ([], 0)
        try session.forEach(
            database.conversations, BSONDocument([(field, BSONValue.matching(user))]),
            sort: ["darkroom.activity": -1], limit: Self.contactConversations
        ) { document in
            let members = try database.model.conversation(document).conversation.members
            guard members.contains(user) else { return true }
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

extension ConversationFilter {
    /// Whether the filter selects a conversation for a member.
    fileprivate func includes(_ stored: StoredConversation, for user: String) -> Bool {
        guard includesArchived || !stored[user].isArchived else { return false }
        return alternatives.isEmpty
            || alternatives.contains { $0.allSatisfy { $0.holds(for: stored.conversation.settings) } }
    }
}

extension ConversationFilter.Condition {
    fileprivate func holds(for settings: JSONValue) -> Bool {
        texts.contains(settings[setting]?.stringValue ?? "") == isOneOf
    }
}

extension ConversationFilter.Order {
    /// The place of a conversation in the order. What happened decides: timestamps may come from a clock that was set since.
    fileprivate func place(_ stored: StoredConversation) -> Int {
        switch self {
        case .lastChange: stored.activity
        case .lastMessage: stored.lastSaid
        }
    }
}

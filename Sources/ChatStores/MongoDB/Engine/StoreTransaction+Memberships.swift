import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func memberships(of conversation: String, in dialect: Dialect) throws -> [String: Membership] {
        guard let row = try conversationRow(conversation, in: dialect) else { return [:] }
        return try memberships(of: row.conversation.members, in: row)
    }

    func updateMembership(
        of user: String, conversation: String, in dialect: Dialect, change: (inout Membership) -> Void
    ) throws -> Membership? {
        guard let row = try conversationRow(conversation, in: dialect), row.conversation.members.contains(user),
            let known = try memberships(of: [user], in: row)[user]
        else { return nil }
        var changed = known
        change(&changed)
        guard changed != known else { return known }
        changed = changed.completed(at: now)
        var stored = row.stored
        stored[user].isHidden = changed.isHidden
        stored[user].isArchived = changed.isArchived
        (stored[user].mute, stored[user].mutedAt) = (changed.mute, changed.mutedAt)
        stored[user].pinnedAt = changed.pinnedAt
        try write(stored, over: row, in: dialect)
        return changed
    }

    /// The memberships of some members.
    func memberships(of users: Set<String>, in row: ConversationRow) throws -> [String: Membership] {
        let (conversation, dialect) = (row.conversation, row.conversation.dialect)
        let places = Set(users.map { row.stored[$0].readUpTo }).filter { $0 > 0 }.sorted().map(BSONValue.int64)
        let filter = messages(of: conversation.id, in: dialect).merging(["darkroom.order": ["$in": .array(places)]])
        let found = places.isEmpty ? [] : try messageRows(filter, in: dialect)
        let messages = Dictionary(found.map { ($0.order, $0.message) }) { first, _ in first }
        let list = users.map { user in
            let member = row.stored[user]
            let cursor = messages[member.readUpTo].map { message in
                let receipt = message.receipts.first { $0.user == user }
                let readAt = receipt?.readAt ?? (message.sender == user ? message.createdAt : nil)
                return ReadCursor(message: message.id, readAt: readAt)
            }
            return Membership(
                user: user, role: conversation.role(of: user), joinedAt: conversation.joinedAt(user),
                readCursor: cursor, isHidden: member.isHidden, isArchived: member.isArchived, mute: member.mute,
                mutedAt: member.mutedAt, pinnedAt: member.pinnedAt)
        }
        return Dictionary(list.map { ($0.user, $0) }) { first, _ in first }
    }
}

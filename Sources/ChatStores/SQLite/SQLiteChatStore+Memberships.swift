public import ChatBridge
import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    public func memberships(of conversation: String, in dialect: Dialect) throws -> [String: Membership] {
        try translate {
            guard let row = try row(conversation, in: dialect) else { return [:] }
            let found = try memberships(in: row)
            return Dictionary(found.map { ($0.user, $0) }) { first, _ in first }
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func updateMembership(
        of user: String, conversation: String, in dialect: Dialect, change: @Sendable (inout Membership) -> Void
    ) throws -> Membership? {
        try transact {
            guard let row = try row(conversation, in: dialect), let known = try membership(of: user, in: row) else {
                return nil
            }
            var changed = known
            change(&changed)
            guard changed != known else { return known }
            changed = changed.completed(at: now())
            let details = try connection.first(
                "SELECT details FROM members WHERE conversation = ? AND user = ?", [.integer(row.number), .text(user)]
            ) { try StoredJSON.value($0.text(0)) }
            try connection.run(
                "UPDATE members SET details = ?, is_hidden = ? WHERE conversation = ? AND user = ?",
                [
                    .text(changed.written(to: details ?? .object([:])).encodedText()),
                    .integer(changed.isHidden ? 1 : 0), .integer(row.number), .text(user),
                ])
            return changed
        }
    }

    /// The membership of `user`; `nil` when they are not a member.
    func membership(of user: String, in row: ConversationRow) throws -> Membership? {
        guard row.conversation.members.contains(user) else { return nil }
        return try memberships(in: row, of: user).first
    }

    /// - Parameter user: the member; `nil` for all.
    private func memberships(in row: ConversationRow, of user: String? = nil) throws -> [Membership] {
        try connection.rows(
            """
            SELECT own.user, own.details, own.is_hidden, m.id,
                coalesce(r.read_at, CASE WHEN m.sender = own.user THEN m.created_at END)
            FROM members AS own
            LEFT JOIN messages AS m ON m.number = own.read_up_to AND m.conversation = own.conversation
            LEFT JOIN receipts AS r ON r.message = m.number AND r.user = own.user
            WHERE own.conversation = ?1 \(user == nil ? "" : "AND own.user = ?2")
            """, [.integer(row.number)] + (user.map { [.text($0)] } ?? [])
        ) { columns in
            let user = columns.user(0)
            return Membership(
                user: user, role: row.conversation.role(of: user), joinedAt: row.conversation.joinedAt(user),
                readCursor: columns.optionalText(3).map { message in
                    ReadCursor(message: message, readAt: columns.optionalInteger(4).map(Date.init(milliseconds:)))
                }, isHidden: columns.integer(2) != 0, details: try StoredJSON.value(columns.text(1)))
        }
    }
}

/// The column `details` of a member: `{archived, muted, mutedUntil, mutedAt, pinnedAt}`, each only where it is set; times are
/// milliseconds since 1970.
extension Membership {
    fileprivate init(
        user: String, role: Role, joinedAt: Date, readCursor: ReadCursor?, isHidden: Bool, details: JSONValue
    ) {
        let date = { (name: String) in details[name]?.integerValue.map(Date.init(milliseconds:)) }
        self.init(
            user: user, role: role, joinedAt: joinedAt, readCursor: readCursor, isHidden: isHidden,
            isArchived: details["archived"]?.boolValue ?? false,
            mute: details["muted"]?.boolValue ?? false ? .on(until: date("mutedUntil")) : .off,
            mutedAt: date("mutedAt"), pinnedAt: date("pinnedAt"))
    }

    fileprivate func written(to details: JSONValue) -> JSONValue {
        var members = details.objectValue ?? [:]
        members["archived"] = isArchived ? true : nil
        (members["muted"], members["mutedUntil"]) = (nil, nil)
        members["mutedAt"] = mutedAt.map { .integer($0.milliseconds) }
        members["pinnedAt"] = pinnedAt.map { .integer($0.milliseconds) }
        if case .on(let until) = mute {
            members["muted"] = true
            members["mutedUntil"] = until.map { .integer($0.milliseconds) }
        }
        return .object(members)
    }
}

public import ChatBridge
public import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    @discardableResult
    public func upsert(_ user: ChatUser) throws -> Bool {
        try transact { try write(user) }
    }

    /// Writes a user's record; `false` when it was the same already.
    func write(_ user: ChatUser) throws -> Bool {
        guard try record(of: user.id)?.comparable != user.comparable else { return false }
        try connection.run(
            """
            INSERT INTO users (id, name, images, user_type, details, known_since) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET name = excluded.name, images = excluded.images,
                user_type = excluded.user_type, details = excluded.details
            """,
            [
                .text(user.id), .text(user.name), .text(try StoredJSON.text(user.images)),
                .text(user.userType.rawValue), .text(user.details.encodedText()), .integer(now().milliseconds),
            ])
        try writeSearchKeys(of: user)
        return true
    }

    /// See ``ChatDirectory``.
    public func user(_ id: String) throws -> ChatUser? { try translate { try record(of: id) } }

    /// See ``ChatDirectory``.
    public func knownSince(_ id: String) throws -> Date? {
        try translate {
            try connection.first("SELECT known_since FROM users WHERE id = ?", [.text(id)]) {
                Date(milliseconds: $0.integer(0))
            }
        }
    }

    /// See ``ChatDirectory``.
    public func users(_ ids: Set<String>) throws -> [String: ChatUser] {
        try translate {
            let records = try ids.compactMap { try record(of: $0) }
            return Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func deleteUser(_ id: String, deletingEmptyGroupsOf dialects: Set<Dialect>) throws -> Bool {
        try transact {
            contacts.removeAll()
            try connection.run("DELETE FROM last_seen WHERE user = ?", [.text(id)])
            try deleteRecords(of: id)
            try eraseAnswers(to: id)
            let left = try connection.rows("SELECT conversation FROM members WHERE user = ?", [.text(id)]) {
                $0.integer(0)
            }
            for number in left { try remove(deletedUser: id, from: number, deletingEmptyGroupsOf: dialects) }
            return try connection.change("DELETE FROM users WHERE id = ?", [.text(id)]) > 0 || !left.isEmpty
        }
    }

    /// The record of a user.
    func record(of id: String) throws -> ChatUser? {
        try connection.first(
            "SELECT name, images, user_type, details FROM users WHERE id = ?", [.text(id)]
        ) { row in
            ChatUser(
                id: id, name: row.text(0), images: try StoredJSON.value(row.text(1)),
                userType: UserType(rawValue: row.text(2)), details: try StoredJSON.value(row.text(3)))
        }
    }
}

extension ChatUser {
    /// The record in a form that is compared byte by byte.
    fileprivate var comparable: JSONValue {
        [
            "name": .string(name), "images": .array(images.map(JSONValue.string)),
            "userType": .string(userType.rawValue), "details": details,
        ]
    }
}

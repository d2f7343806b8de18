import ChatBridge
import ChatDocuments
import Foundation
import JSON

/// Users' records. Those that were provisioned are documents of Darkroom's own; the chat server's own users are read as well, and
/// never written.
extension StoreTransaction {
    func upsert(_ user: ChatUser) throws -> Bool {
        let known = try session.first(own.users, ["_id": .string(user.id)])
        let values = Self.values(of: user)
        if let known {
            guard values.fields.contains(where: { known[$0.name] != $0.value }) else { return false }
            try session.update(own.users, ["_id": .string(user.id)], ["$set": .document(values)])
        } else {
            try insert(user.id, values)
        }
        return true
    }

    /// Creates the record of a caller who has none.
    func createUser(of caller: ChatCaller) throws {
        guard let name = caller.name, try user(caller.id) == nil else { return }
        let user = ChatUser(id: caller.id, name: name, userType: caller.userType ?? .regular)
        try insert(caller.id, Self.values(of: user))
    }

    private func insert(_ id: String, _ values: BSONDocument) throws {
        let first: BSONDocument = ["_id": .string(id), "knownSince": .date(now)]
        try session.insert(own.users, [first.merging(values)])
    }

    func user(_ id: String) throws -> ChatUser? { try users([id])[id] }

    /// The records of `ids`; those that were provisioned, before the chat server's own.
    func users(_ ids: Set<String>) throws -> [String: ChatUser] {
        var found: [String: ChatUser] = [:]
        for document in try session.find(own.users, ["_id": ["$in": .array(ids.sorted().map(BSONValue.string))]]) {
            guard let user = Self.user(document) else { continue }
            found[user.id] = user
        }
        for database in databases {
            let missing = ids.subtracting(found.keys)
            if missing.isEmpty { break }
            for document in try session.find(database.users, ["_id": .matching(anyOf: missing.sorted())]) {
                guard let user = database.model.user(document), missing.contains(user.id) else { continue }
                found[user.id] = user
            }
        }
        return found
    }

    func knownSince(_ id: String) throws -> Date? {
        try session.first(own.users, ["_id": .string(id)])?["knownSince"]?.timestamp
    }

    func deleteUser(_ id: String, in dialects: [Dialect], deletingEmptyGroupsOf emptied: Set<Dialect>) throws -> Bool {
        try session.delete(own.lastSeen, ["user": .identifier(id)])
        try session.delete(own.userRecords, ["user": .identifier(id)])
        try eraseAnswers(to: id)
        var wasMember = false
        for dialect in dialects {
            for row in try conversationRows(of: id, in: dialect) {
                wasMember = true
                var changed = row.stored
                if changed.conversation.isDirect {
                    changed.conversation.members.remove(id)
                } else {
                    changed.conversation.remove(id)
                    if changed.conversation.members.isEmpty, emptied.contains(dialect) {
                        _ = try deleteConversation(row.conversation.id, in: dialect)
                        continue
                    }
                }
                changed.members[id] = nil
                invalidateContacts(of: row.stored.conversation.members, in: dialect)
                try write(changed, over: row, in: dialect)
            }
        }
        return try session.delete(own.users, ["_id": .string(id)]) > 0 || wasMember
    }

    func recordLastSeen(_ user: String, in dialect: Dialect, at date: Date) throws {
        let document: BSONDocument = [
            "_id": Self.identifier(of: user, in: dialect), "user": .identifier(user), "seenAt": .date(date),
        ]
        try session.update(
            own.lastSeen, ["_id": Self.identifier(of: user, in: dialect)], .document(document), upsert: true)
    }

    func lastSeen(of users: Set<String>, in dialect: Dialect) throws -> [String: Date] {
        let ids = users.sorted().map { Self.identifier(of: $0, in: dialect) }
        let found = try session.find(own.lastSeen, ["_id": ["$in": .array(ids)]])
        let dates = found.compactMap { document -> (String, Date)? in
            guard let user = document["user"]?.identifierValue, let date = document["seenAt"]?.timestamp else {
                return nil
            }
            return (user, date)
        }
        return Dictionary(dates) { first, _ in first }
    }

    /// A user's record as a document has it, with the texts by which they are found.
    static func values(of user: ChatUser) -> BSONDocument {
        [
            "name": .string(user.name), "images": .array(user.images.map(BSONValue.string)),
            "userType": .string(user.userType.rawValue), "details": .json(user.details),
            "searchKeys": .array(UserSearch.keys(of: user).sorted().map(BSONValue.string)),
        ]
    }

    static func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.stringValue else { return nil }
        return ChatUser(
            id: id, name: document["name"]?.stringValue,
            images: document["images"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            userType: UserType(rawValue: document["userType"]?.stringValue ?? UserType.regular.rawValue),
            details: document["details"]?.jsonValue ?? .object([:]))
    }
}

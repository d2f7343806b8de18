import ChatBridge
import ChatDocuments
import Foundation

/// A conversation, and its document as it is stored.
struct ConversationRow {
    let document: BSONDocument
    let stored: StoredConversation

    var conversation: Conversation { stored.conversation }
}

extension StoreTransaction {
    func conversationRow(_ id: String, in dialect: Dialect) throws -> ConversationRow? {
        try conversationRow(["_id": .matching(id)], in: dialect)
    }

    /// The direct conversation of a pair; also one that another program wrote.
    func directRow(_ pair: String, in dialect: Dialect) throws -> ConversationRow? {
        if let known = try conversationRow(["darkroom.pair": .string(pair)], in: dialect) { return known }
        let ids = pair.split(separator: "\n").map(String.init)
        // A conversation with oneself has no other form than ours: the filter would find any in which the user is.
        guard ids.count == 2, ids[0] != ids[1],
            let filter = database(of: dialect).model.directConversation(of: ids[0], and: ids[1])
        else { return nil }
        return try conversationRow(filter, in: dialect)
    }

    func conversationRows(of user: String, in dialect: Dialect) throws -> [ConversationRow] {
        let database = database(of: dialect)
        return try session.find(database.conversations, database.model.isMember(user), sort: ["_id": 1])
            .compactMap { try row($0, of: database) }.filter { $0.conversation.members.contains(user) }
    }

    /// The conversations of `ids`, in their order; one that does not exist is left out.
    func conversationRows(_ ids: [BSONValue], in dialect: Dialect) throws -> [ConversationRow] {
        let database = database(of: dialect)
        let found = try session.find(database.conversations, ["_id": ["$in": .array(ids)]])
        let documents = Dictionary(found.map { ($0["_id"] ?? .null, $0) }) { first, _ in first }
        return try ids.compactMap { documents[$0] }.compactMap { try row($0, of: database) }
    }

    /// The conversation that a document represents; `nil` where it cannot be read.
    private func row(_ document: BSONDocument, of database: DialectDatabase) throws -> ConversationRow? {
        try unreadable.read(document, of: database.conversations, database.model.conversation).map {
            ConversationRow(document: document, stored: $0)
        }
    }

    private func conversationRow(_ filter: BSONDocument, in dialect: Dialect) throws -> ConversationRow? {
        let database = database(of: dialect)
        return try session.first(database.conversations, filter).flatMap { try row($0, of: database) }
    }

    /// Writes what differs from the document.
    func write(_ stored: StoredConversation, over row: ConversationRow, in dialect: Dialect) throws {
        let database = database(of: dialect)
        var old = try database.model.document(of: row.stored)
        if var own = old["darkroom"]?.documentValue {
            // What was read from the fields of another program is to be written.
            for name in ["activity", "lastSaid"] { own[name] = row.document[path: "darkroom." + name] }
            old["darkroom"] = .document(own)
        }
        let changes = DocumentChanges(
            of: row.document, from: old, to: try database.model.document(of: stored))
        guard !changes.isEmpty, let id = row.document["_id"] else { return }
        try session.update(database.conversations, ["_id": id], .document(changes.update))
    }

    @discardableResult
    func insert(_ conversation: Conversation) throws -> ConversationRow {
        let (database, place) = (database(of: conversation.dialect), try nextPlace())
        let stored = StoredConversation(conversation, activity: place, lastSaid: place)
        let document = try database.model.document(of: stored)
        try session.insert(database.conversations, [document])
        invalidateContacts(of: conversation.members, in: conversation.dialect)
        return ConversationRow(document: document, stored: stored)
    }

    func upsert(_ conversation: Conversation) throws -> Bool {
        let adopted = try mergeDirectConversation(into: conversation)
        guard let known = try placedRow(conversation.id, in: conversation.dialect) else {
            try insert(conversation)
            return true
        }
        return try replace(known, by: conversation) || adopted
    }

    func provision(_ conversation: Conversation, keepsSettings: Bool) throws -> (Conversation, isNew: Bool) {
        let isNew = try conversationRow(conversation.id, in: conversation.dialect) == nil
        _ = try mergeDirectConversation(into: conversation)
        guard let known = try placedRow(conversation.id, in: conversation.dialect) else {
            try insert(conversation)
            return (conversation, isNew)
        }
        var changed = conversation
        if keepsSettings { changed.settings = known.conversation.settings }
        _ = try replace(known, by: changed)
        return (changed, isNew)
    }

    func update(
        _ id: String, in dialect: Dialect, deletesEmpty: Bool, outbox: (Conversation) -> [OutboxDraft],
        change: (inout Conversation) throws -> Void
    ) throws -> Conversation? {
        guard let known = try placedRow(id, in: dialect) else { return nil }
        var changed = known.conversation
        try change(&changed)
        guard try replace(known, by: changed) else { return known.conversation }
        let updated = try conversationRow(id, in: dialect)?.conversation
        if let updated { try write(outbox(updated), dialect: dialect, at: now) }
        if deletesEmpty, updated?.members.isEmpty ?? false { _ = try deleteConversation(id, in: dialect) }
        return updated
    }

    func directConversation(_ conversation: Conversation) throws -> (Conversation, isNew: Bool) {
        if let pair = conversation.pair, let known = try directRow(pair, in: conversation.dialect) {
            return (known.conversation, isNew: false)
        }
        try insert(conversation)
        return (conversation, isNew: true)
    }

    /// The direct conversation of a pair, created under `id` if there is none; both are members of it afterwards.
    func directRow(of a: String, and b: String, in dialect: Dialect, orCreateAs id: String) throws -> ConversationRow {
        guard let known = try directRow(Conversation.pair(of: a, and: b), in: dialect) else {
            return try insert(
                Conversation(id: id, dialect: dialect, members: [a, b], isDirect: true, createdAt: now))
        }
        let missing = Set([a, b]).subtracting(known.conversation.members)
        guard !missing.isEmpty, let known = try placed(known) else { return known }
        var stored = known.stored
        try add(missing, to: &stored)
        try write(stored, over: known, in: dialect)
        invalidateContacts(of: stored.conversation.members, in: dialect)
        return try conversationRow(known.conversation.id, in: dialect) ?? known
    }

    func deleteConversation(_ id: String, in dialect: Dialect) throws -> Bool {
        guard let known = try conversationRow(id, in: dialect) else { return false }
        let database = database(of: dialect)
        invalidateContacts(of: known.conversation.members, in: dialect)
        try eraseAnswers(about: .conversation(known.conversation.id, dialect))
        let messages: BSONDocument = [database.model.messageFields.conversation: .matching(id)]
        for document in try session.find(database.messages, messages, fields: ["_id": 1]) {
            guard let message = document["_id"]?.identifierValue else { continue }
            _ = try removeReferences(of: .message(message, dialect))
        }
        try deleteMedia(of: id, in: dialect)
        try session.delete(database.messages, messages)
        placeChanged(id, nil, in: dialect)
        if let polls = database.polls { try session.delete(polls, ["conversation": .matching(id)]) }
        try session.delete(database.conversations, ["_id": .matching(id)])
        return true
    }

    /// Writes a conversation over an existing one; whether that changed anything.
    private func replace(_ known: ConversationRow, by conversation: Conversation) throws -> Bool {
        var new = conversation
        (new.createdAt, new.updatedAt) = (known.conversation.createdAt, known.conversation.updatedAt)
        let hasName = known.conversation.name.map(BSONValue.string) == new.name.map(BSONValue.string)
        guard new != known.conversation || !hasName else { return false }
        var stored = known.stored
        let members = known.conversation.members
        if members != new.members { invalidateContacts(of: members.union(new.members), in: new.dialect) }
        new.updatedAt = max(new.updatedAt, now)
        stored.conversation = new
        stored.conversation.members = members.intersection(new.members)
        for user in members.subtracting(new.members) { stored.members[user] = nil }
        try add(new.members.subtracting(members), to: &stored)
        (stored.pair, stored.activity) = (new.pair, try nextPlace())
        try write(stored, over: known, in: new.dialect)
        return true
    }

    /// Adds members. Messages from before they joined do not count as unread.
    private func add(_ users: Set<String>, to stored: inout StoredConversation) throws {
        guard !users.isEmpty else { return }
        let last = try lastPlace(in: stored.conversation).order
        stored.conversation.members.formUnion(users)
        for user in users {
            var member = StoredMember()
            member.readUpTo = last
            stored[user] = member
        }
    }
}

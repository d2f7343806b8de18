import ChatBridge
import ChatDocuments
import Foundation

/// A message, and its document as it is stored.
struct MessageRow {
    let document: BSONDocument
    let stored: StoredMessage

    var message: ChatMessage { stored.message }
    var order: Int { stored.order ?? 0 }
}

extension StoreTransaction {
    func messageRow(_ id: String, in dialect: Dialect) throws -> MessageRow? {
        guard let row = try messageRows(["_id": .matching(id)], in: dialect, limit: 1).first else { return nil }
        guard row.stored.order == nil, let conversation = try conversation(of: row, in: dialect) else { return row }
        try giveOrder(in: conversation)
        return try messageRows(["_id": .matching(id)], in: dialect, limit: 1).first
    }

    /// A message that exists.
    /// - Throws: ``StoreError/messageNotFound``.
    func requiredRow(_ id: String, in dialect: Dialect) throws -> MessageRow {
        guard let row = try messageRow(id, in: dialect) else { throw ChatError(.messageNotFound) }
        return row
    }

    /// The messages that `filter` selects, without those that cannot be read.
    func messageRows(
        _ filter: BSONDocument, in dialect: Dialect, sort: BSONDocument? = nil, skip: Int = 0, limit: Int? = nil,
        hint: String? = nil
    ) throws -> [MessageRow] {
        let database = database(of: dialect)
        let found = try session.find(
            database.messages, filter, sort: sort, skip: skip, limit: limit, fields: ["darkroom.terms": 0], hint: hint)
        return try found.compactMap { document in
            try unreadable.read(document, of: database.messages, database.model.message).map {
                MessageRow(document: document, stored: $0)
            }
        }
    }

    /// Writes what differs from the document.
    func write(_ stored: StoredMessage, over row: MessageRow, in dialect: Dialect) throws {
        try write([(stored, row)], in: dialect)
    }

    /// Writes what differs from the documents.
    func write(_ changed: [(stored: StoredMessage, row: MessageRow)], in dialect: Dialect) throws {
        let database = database(of: dialect)
        let updates = try changed.compactMap { stored, row -> (BSONDocument, BSONDocument)? in
            var old = try database.model.document(of: row.stored)
            // What was read from the fields of another program is to be written.
            if row.document["darkroom"] == nil { old["darkroom"] = nil }
            let changes = DocumentChanges(
                of: row.document, from: old, to: try database.model.document(of: stored))
            guard !changes.isEmpty, let id = row.document["_id"] else { return nil }
            return (["_id": id], changes.update)
        }
        try session.update(database.messages, each: updates)
        for (stored, row) in changed { try writePoll(of: stored.message, instead: row.message) }
    }

    /// A condition for the messages of a conversation.
    func messages(of conversation: String, in dialect: Dialect) -> BSONDocument {
        [database(of: dialect).model.messageFields.conversation: .matching(conversation)]
    }

    /// A condition for messages that a user has not deleted for themselves.
    func notHidden(from user: String, in dialect: Dialect) -> BSONDocument {
        [database(of: dialect).model.messageFields.hiddenFrom: ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    /// The last message of a conversation and its place, which is 0 where there is none.
    func lastPlace(in conversation: Conversation) throws -> (message: String?, order: Int) {
        let database = database(of: conversation.dialect)
        let last = try session.first(
            database.messages, messages(of: conversation.id, in: conversation.dialect),
            sort: Self.newestFirst(database),
            fields: ["darkroom.order": 1])
        return (last?["_id"]?.identifierValue, last?[path: "darkroom.order"]?.integerValue ?? 0)
    }

    /// The conversation of a message, also of one that another program wrote and that names only its two users.
    private func conversation(of row: MessageRow, in dialect: Dialect) throws -> Conversation? {
        if !row.message.conversation.isEmpty {
            return try conversationRow(row.message.conversation, in: dialect)?.conversation
        }
        guard let receiver = row.message.receiver else { return nil }
        return try directRow(Conversation.pair(of: row.message.sender, and: receiver), in: dialect)?.conversation
    }

    /// The order of the newest messages of a conversation, as the index has it.
    static func newestFirst(_ database: DialectDatabase) -> BSONDocument {
        BSONDocument([(database.model.messageFields.conversation, BSONValue.int64(-1)), ("darkroom.order", .int64(-1))])
    }

    /// The order of the oldest messages of a conversation, as the index has it.
    static func oldestFirst(_ database: DialectDatabase) -> BSONDocument {
        BSONDocument([(database.model.messageFields.conversation, BSONValue.int64(1)), ("darkroom.order", .int64(1))])
    }
}

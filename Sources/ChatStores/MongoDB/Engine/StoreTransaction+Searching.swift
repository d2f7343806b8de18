import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func search(_ search: MessageSearch, in dialect: Dialect, viewer: String) throws -> MessageList {
        let database = database(of: dialect)
        let fields = database.model.messageFields
        let searched = try searched(search, in: dialect, viewer: viewer)
        guard !searched.isEmpty else { return MessageList(messages: [], total: 0) }
        let query = SearchQuery(search.text)
        var filter = BSONDocument([(fields.conversation, BSONValue.matching(anyOf: searched.map(\.conversation.id)))])
            .merging(notHidden(from: viewer, in: dialect)).merging(fields.isPresent)
            .merging(Self.conditions(search, database.model))
        // The index is read in the range of the first, which has the fewest messages.
        filter["darkroom.terms"] = query.prefixes.isEmpty ? nil : ["$all": .array(query.prefixes.map(Self.begins))]
        filter["$and"] =
            query.contained.isEmpty ? nil : .array(query.contained.map { Self.contains($0, fields.text) })
        let index = query.prefixes.isEmpty ? nil : "darkroom_terms"
        let found = FoundMessages(
            filter: filter, index: index, conversations: searched, limit: max(search.limit, 0), offset: search.offset)
        if query.contained.isEmpty, query.prefixes.count == 1, Self.conditions(search, database.model).isEmpty {
            return try page(of: found, begins: query.prefixes[0], in: dialect, viewer: viewer)
        }
        return MessageList(
            messages: try messages(found, in: dialect), total: try session.count(database.messages, filter, hint: index)
        )
    }

    /// The conversations that are searched: those that the viewer is a member of, after every message in them has its place in the
    /// order of messages, and so its terms.
    private func searched(_ search: MessageSearch, in dialect: Dialect, viewer: String) throws -> [ConversationRow] {
        if let id = search.conversation {
            guard let row = try placedRow(id, in: dialect), row.conversation.members.contains(viewer) else { return [] }
            return [row]
        }
        let rows = try conversationRows(of: viewer, in: dialect)
        try giveOrder(in: rows.map(\.conversation), of: viewer, dialect)
        return rows
    }

    /// Gives a place to the messages of several conversations of a user that have none. One query or two find out which have such
    /// messages: mostly none.
    private func giveOrder(in conversations: [Conversation], of user: String, _ dialect: Dialect) throws {
        let database = database(of: dialect)
        let fields = database.model.messageFields
        let paths = [fields.conversation, fields.sender, "receiver"]
        let names = BSONDocument(paths.map { ($0, BSONValue.int64(1)) })
        var waiting: Set<String> = []
        for filter in database.model.unplacedMessages(of: user, in: conversations) {
            try session.forEach(database.messages, filter, fields: names) { document in
                if let id = document[path: fields.conversation]?.identifierValue {
                    waiting.insert(id)
                } else if let sender = document[path: fields.sender]?.identifierValue,
                    let receiver = document["receiver"]?.identifierValue
                {
                    waiting.insert(Conversation.pair(of: sender, and: receiver))
                }
                return true
            }
        }
        guard !waiting.isEmpty else { return }
        for conversation in conversations
        where waiting.contains(conversation.id) || conversation.pair.map(waiting.contains) ?? false {
            try giveOrder(in: conversation)
        }
    }

    /// The conditions of a search beside its words.
    private static func conditions(_ search: MessageSearch, _ model: any DocumentModel) -> BSONDocument {
        var conditions = BSONDocument()
        if let senders = search.senders { conditions[model.messageFields.sender] = .matching(anyOf: senders.sorted()) }
        if let types = search.types {
            conditions[model.messageFields.type] = ["$in": .array(types.map { .string($0.rawValue) })]
        }
        var dates = BSONDocument()
        dates["$gte"] = search.since.map { model.value(of: $0) }
        dates["$lt"] = search.until.map { model.value(of: $0) }
        if !dates.isEmpty { conditions[model.messageFields.createdAt] = .document(dates) }
        return conditions
    }

    /// A condition for a term that begins with `prefix`.
    private static func begins(_ prefix: String) -> BSONValue {
        ["$elemMatch": ["$gte": .string(prefix), "$lt": .string(SearchQuery.end(of: prefix))]]
    }

    /// The regular expression that matches `word`.
    static func pattern(of word: String) -> String {
        word.unicodeScalars.reduce(into: "") { text, scalar in
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || !scalar.isASCII
            if !isPlain { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
    }

    /// A condition for texts that contain a word, which is folded. A text that is ASCII has no folded form of its own.
    private static func contains(_ word: String, _ field: String) -> BSONValue {
        let pattern = pattern(of: word)
        let folded: BSONDocument = ["darkroom.folded": ["$regex": .string(pattern)]]
        guard word.utf8.allSatisfy({ $0 < 0x80 }) else { return .document(folded) }
        let insensitive: BSONValue = ["$regex": .string(pattern), "$options": "i"]
        let plain = BSONDocument([("darkroom.folded", BSONValue.null), (field, insensitive)])
        return ["$or": [.document(folded), .document(plain)]]
    }
}

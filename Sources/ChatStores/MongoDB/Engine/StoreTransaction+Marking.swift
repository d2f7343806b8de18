import ChatBridge
import ChatDocuments
import Foundation
import JSON

extension StoreTransaction {
    func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: ([MarkedMessage]) -> [OutboxDraft], started: (ChatMessage) -> [OutboxDraft]
    ) throws -> [String] {
        guard let row = try placedRow(conversation, in: dialect) else { return [] }
        let unseen = try unseen(by: reader, in: row, selection)
        var startedTimers: [ChatMessage] = []
        try write(
            unseen.map { row in
                var changed = row.stored
                changed.message.receipts.append(ReadReceipt(user: reader, readAt: date))
                if changed.message.startSelfDestruct(at: date) { startedTimers.append(changed.message) }
                return (changed, row)
            }, in: dialect)
        if row.conversation.members.contains(reader) {
            var changed = row.stored
            if case .all = selection {
                changed[reader].unread = 0
                let last = try lastPlace(in: row.conversation)
                changed[reader].readUpTo = last.order
                changed[reader].lastRead = last.message.map { StoredMember.LastRead(message: $0, date: date) }
            } else {
                changed[reader].unread = max(changed[reader].unread - unseen.count, 0)
                changed[reader].readUpTo = try readUpTo(by: reader, in: row)
            }
            try write(changed, over: row, in: dialect)
        }
        let marked = unseen.map { MarkedMessage(id: $0.message.id, sender: $0.message.sender) }
        if !marked.isEmpty { try write(outbox(marked), dialect: dialect, at: date) }
        for message in startedTimers { try write(started(message), dialect: dialect, at: date) }
        return marked.map(\.id)
    }

    /// The messages of a conversation that `reader` has not read, oldest first.
    private func unseen(
        by reader: String, in row: ConversationRow, _ selection: ReadSelection
    ) throws -> [MessageRow] {
        let (dialect, id) = (row.conversation.dialect, row.conversation.id)
        var condition = BSONDocument()
        switch selection {
        case .all: break
        case .these(let ids): condition["_id"] = .matching(anyOf: ids.filter(ChatIdentifier.isValid))
        case .upTo(let message):
            let filter = messages(of: id, in: dialect).merging(["_id": .matching(message)])
            guard let bound = try messageRows(filter, in: dialect, limit: 1).first else {
                throw ChatError(.messageNotFound)
            }
            condition["darkroom.order"] = ["$gt": .int64(row.stored[reader].readUpTo), "$lte": .int64(bound.order)]
        }
        guard row.conversation.members.contains(reader) else { return [] }
        return try messageRows(
            isUnseen(by: reader, in: row).merging(condition), in: dialect, sort: Self.oldestFirst(database(of: dialect))
        )
    }

    /// The condition for the messages of a conversation that a member has not read.
    private func isUnseen(by reader: String, in row: ConversationRow) -> BSONDocument {
        let dialect = row.conversation.dialect
        let (model, after) = (database(of: dialect).model, row.stored[reader].readUpTo)
        let fields = model.messageFields
        let others = BSONDocument([(fields.sender, ["$nin": .array(BSONValue.forms(of: [reader]))] as BSONValue)])
        return messages(of: row.conversation.id, in: dialect).merging(["darkroom.order": ["$gt": .int64(after)]])
            .merging(others).merging(model.isUnread(by: reader)).merging(notHidden(from: reader, in: dialect))
            .merging(fields.isPresent)
    }

    /// The place up to which a member has read everything, before the first message that they have not read: what they have read is
    /// not looked at again when they mark further messages.
    private func readUpTo(by reader: String, in row: ConversationRow) throws -> Int {
        let dialect = row.conversation.dialect
        let (database, known) = (database(of: dialect), row.stored[reader].readUpTo)
        let first = try session.first(
            database.messages, isUnseen(by: reader, in: row), sort: Self.oldestFirst(database),
            fields: ["darkroom.order": 1])
        guard let bound = first?[path: "darkroom.order"]?.integerValue else {
            return max(known, try lastPlace(in: row.conversation).order)
        }
        let before = messages(of: row.conversation.id, in: dialect)
            .merging(["darkroom.order": ["$gt": .int64(known), "$lt": .int64(bound)]])
        let last = try session.first(
            database.messages, before, sort: Self.newestFirst(database), fields: ["darkroom.order": 1])
        return last?[path: "darkroom.order"]?.integerValue ?? known
    }

    func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft],
        started: (ChatMessage) -> [OutboxDraft]
    ) throws -> Bool {
        let row = try requiredRow(message, in: dialect)
        try removeFromUnreadCount(row, for: [listener])
        var changed = row.stored
        if let index = changed.message.receipts.firstIndex(where: { $0.user == listener }) {
            guard changed.message.receipts[index].listenedAt == nil else { return false }
            changed.message.receipts[index].listenedAt = date
        } else {
            changed.message.receipts.append(ReadReceipt(user: listener, readAt: date, listenedAt: date))
        }
        let hasStarted = changed.message.startSelfDestruct(at: date)
        try write(changed, over: row, in: dialect)
        try write(outbox, dialect: dialect, at: date)
        if hasStarted { try write(started(changed.message), dialect: dialect, at: date) }
        return true
    }

    func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) throws
        -> [String]?
    {
        let row = try requiredRow(message, in: dialect)
        guard row.message.deletedAt == nil else { return nil }
        try eraseAnswers(about: .message(row.message.id, dialect))
        try writeWebhooks(at: date) { [.deleted(row.message, at: date)] }
        let conversation = row.message.conversation
        try removeFromUnreadCount(row, for: nil)
        var changed = row.stored
        changed.message.text = ""
        changed.setTerms()
        changed.message.attachments = []
        (changed.message.location, changed.message.forwardedFrom) = (nil, nil)
        (changed.message.details, changed.message.reactions, changed.message.deliveries) = (.object([:]), [], [])
        (changed.message.deletedAt, changed.message.updatedAt) = (date, date)
        changed.deletion = min(try lastDeletion(in: conversation, dialect), .max - 1) + 1
        try write(changed, over: row, in: dialect)
        try rewriteLastMessage(changed.message)
        try write(outbox, dialect: dialect, at: date)
        try removeDeleted(in: conversation, dialect)
        return try removeReferences(of: .message(row.message.id, dialect))
    }

    func hide(_ message: String, in dialect: Dialect, from user: String, outbox: [OutboxDraft]) throws {
        let row = try requiredRow(message, in: dialect)
        try removeFromUnreadCount(row, for: [user])
        guard !row.stored.hiddenFrom.contains(user) else { return }
        var changed = row.stored
        changed.hiddenFrom.append(user)
        try write(changed, over: row, in: dialect)
        try write(outbox, dialect: dialect, at: now)
    }

    func hideAll(in conversation: String, of dialect: Dialect, from user: String) throws {
        guard let row = try placedRow(conversation, in: dialect) else { return }
        let database = database(of: dialect)
        let field = database.model.messageFields.hiddenFrom
        let filter = messages(of: conversation, in: dialect).merging(notHidden(from: user, in: dialect))
        let addition: BSONValue = .document(BSONDocument([(field, BSONValue.identifier(user))]))
        try session.update(database.messages, filter, ["$addToSet": addition], many: true)
        guard row.conversation.members.contains(user) else { return }
        var changed = row.stored
        (changed[user].unread, changed[user].isHidden) = (0, true)
        try write(changed, over: row, in: dialect)
    }

    /// Subtracts a message from the unread counts of those of `users` who have not read it, before it is marked as read, hidden
    /// or deleted; `nil` for all members.
    private func removeFromUnreadCount(_ row: MessageRow, for users: Set<String>?) throws {
        let (message, dialect) = (row.message, row.message.dialect)
        guard message.deletedAt == nil, let conversation = try conversationRow(message.conversation, in: dialect)
        else { return }
        var changed = conversation.stored
        let readers = Set(message.receipts.map(\.user)).union(row.stored.hiddenFrom).union([message.sender])
        let members = conversation.conversation.members
        for user in (users?.intersection(members) ?? members).subtracting(readers)
        where changed[user].unread > 0 && changed[user].readUpTo < row.order {
            changed[user].unread -= 1
        }
        try write(changed, over: conversation, in: dialect)
    }

    /// Removes the messages that were deleted before the last ``MessageLimits/maximumDeletedMessages``, except those with an event in the
    /// outbox.
    func removeDeleted(in conversation: String, _ dialect: Dialect) throws {
        let database = database(of: dialect)
        let surplus = try lastDeletion(in: conversation, dialect) - MessageLimits.maximumDeletedMessages
        guard surplus > 0 else { return }
        let filter = messages(of: conversation, in: dialect)
            .merging(["darkroom.deletion": ["$gte": 1, "$lte": .int64(surplus)]])
        var places: [String: Int] = [:]
        for document in try session.find(database.messages, filter, fields: ["_id": 1, "darkroom.order": 1]) {
            guard let id = document["_id"]?.identifierValue else { continue }
            places[id] = document[path: "darkroom.order"]?.integerValue ?? 0
        }
        let found = Array(places.keys)
        guard !found.isEmpty else { return }
        let waiting: BSONDocument = [
            "dialect": .string(dialect.rawValue), "message": ["$in": .array(found.map(BSONValue.string))],
        ]
        let kept = Set(try session.find(own.outbox, waiting).compactMap { $0["message"]?.stringValue })
        let removed = found.filter { !kept.contains($0) }
        guard !removed.isEmpty else { return }
        // The event of a deletion does not say where the message was, by which other processes would know which counts it concerns.
        let announcement: BSONValue = [
            "conversation": .string("$" + database.model.messageFields.conversation), "order": "$darkroom.order",
        ]
        let update = BSONDocument([(MessageEvents.removal, announcement)])
        let condition: BSONDocument = ["_id": .matching(anyOf: removed)]
        try session.update(database.messages, condition, [["$set": .document(update)]], many: true)
        try session.delete(database.messages, condition)
        for id in removed { placeChanged(conversation, places[id], in: dialect) }
    }

    /// The messages of a conversation that were deleted, in the order of deletion.
    func deletedRows(of conversation: String, in dialect: Dialect) throws -> [MessageRow] {
        try messageRows(
            messages(of: conversation, in: dialect).merging(["darkroom.deletion": ["$gte": 1]]), in: dialect,
            sort: ["darkroom.deletion": 1])
    }

    private func lastDeletion(in conversation: String, _ dialect: Dialect) throws -> Int {
        let filter = messages(of: conversation, in: dialect).merging(["darkroom.deletion": ["$gte": 1]])
        return try messageRows(filter, in: dialect, sort: ["darkroom.deletion": -1], limit: 1).first?.stored.deletion
            ?? 0
    }
}

import ChatBridge
import ChatDocuments

extension StoreTransaction {
    func updateMessage(
        _ message: String, in dialect: Dialect, by user: String?, outbox: (ChatMessage) -> [OutboxDraft],
        change: (inout ChatMessage) throws -> Void
    ) throws -> ChatMessage {
        let row = try requiredRow(message, in: dialect)
        guard row.message.deletedAt == nil else { throw ChatError(.messageNotFound) }
        if let user { try checkAccess(of: user, to: row.message) }
        var changed = row.stored
        try change(&changed.message)
        guard changed.message != row.message else { return row.message }
        try write(changed, over: row, in: dialect)
        try write(outbox(changed.message), dialect: dialect, at: now)
        return changed.message
    }

    /// Checks that `user` may change a message of a group: a member may have been removed since the caller has read the message.
    /// - Throws: ``StoreError/notMember``.
    func checkAccess(of user: String, to message: ChatMessage) throws {
        // Both users of a direct message always see it.
        guard message.receiver == nil else { return }
        let conversation = try conversationRow(message.conversation, in: message.dialect)?.conversation
        guard conversation?.members.contains(user) ?? false else { throw ChatError(.notMember) }
    }

    func messages(
        _ selection: MessageSelection, in dialect: Dialect, viewer: String, page: MessageListPage
    ) throws -> MessageList {
        let database = database(of: dialect)
        let fields = database.model.messageFields
        try placeOthers(of: viewer, in: dialect)
        let conversations = try conversationIDs(of: viewer, in: dialect)
        let places = BSONDocument([(fields.conversation, ["$in": .array(conversations)] as BSONValue)])
        let older = try page.before.map { try order(of: $0, places, in: dialect, isLower: false) } ?? Int.max
        let newer = try page.after.map { try order(of: $0, places, in: dialect, isLower: true) } ?? 0
        var filter = places.merging(["darkroom.order": ["$gt": .int64(newer), "$lt": .int64(older)]])
            .merging(notHidden(from: viewer, in: dialect))
        if let condition = selection.condition(fields, viewer) {
            filter = condition.merging(filter).merging(fields.isPresent)
        }
        let total = try session.count(database.messages, filter)
        let (limit, forward) = (max(page.limit, 0), page.after != nil)
        guard limit > 0, page.offset < total else { return MessageList(messages: [], total: total) }
        let found = try messageRows(
            filter, in: dialect, sort: ["darkroom.order": .int64(forward ? 1 : -1)], skip: page.offset, limit: limit
        ).map(\.message)
        return MessageList(messages: forward ? found : found.reversed(), total: total)
    }

    /// Gives places to the messages that another program has sent to conversations of a user since they were read.
    private func placeOthers(of user: String, in dialect: Dialect) throws {
        let database = database(of: dialect)
        guard let changed = database.model.changedByOthers else { return }
        let found = try session.find(
            database.conversations, database.model.isMember(user).adding(changed), fields: ["_id": 1])
        for row in try conversationRows(found.compactMap { $0["_id"] }, in: dialect) { _ = try placed(row) }
    }

    /// The IDs of all conversations of a user, in every form in which messages may have them.
    private func conversationIDs(of user: String, in dialect: Dialect) throws -> [BSONValue] {
        let database = database(of: dialect)
        let found = try session.find(database.conversations, database.model.isMember(user), fields: ["_id": 1])
        return BSONValue.forms(of: found.compactMap { $0["_id"]?.identifierValue })
    }

    /// The place of a message in one of the conversations that `places` selects.
    private func order(of id: String, _ places: BSONDocument, in dialect: Dialect, isLower: Bool) throws -> Int {
        let filter = (["_id": .matching(id)] as BSONDocument).merging(places)
        guard let row = try messageRows(filter, in: dialect, limit: 1).first else {
            throw ChatError(.unknownBound(isLower: isLower))
        }
        return row.order
    }
}

extension MessageSelection {
    /// The condition that selects the messages; `nil` for all.
    fileprivate func condition(_ fields: MessageFields, _ viewer: String) -> BSONDocument? {
        switch self {
        case .all: nil
        case .replies(let original): BSONDocument([(fields.replyTo, BSONValue.matching(original))])
        case .mentions: BSONDocument([(fields.mentionedUser, BSONValue.matching(viewer))])
        case .bookmarks: BSONDocument([(fields.bookmarkingUser, BSONValue.matching(viewer))])
        }
    }
}

import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

extension StoreTransaction {
    /// A message that an earlier attempt at a request has saved, as it is now.
    func savedMessage(_ id: String, in dialect: Dialect?) throws -> SavedMessage {
        guard let dialect, let message = try message(id, in: dialect, viewer: nil) else {
            throw ChatError(.messageNotFound)
        }
        let row = try conversationRow(message.conversation, in: dialect)
        return SavedMessage(message: message, unreadCounts: row?.stored.unreadCounts ?? [:])
    }

    /// Saves one message, within the transaction of all drafts.
    func save(_ draft: MessageDraft) throws -> SavedMessage {
        var message = draft.message
        try createUser(of: draft.caller)
        let row = try place(draft)
        message.conversation = row.conversation.id
        draft.complete(&message, row.conversation)
        if let allowance = draft.allowance { try count(message, by: draft.caller, allowance: allowance) }
        if draft.separatesTimestamps { try separateTimestamp(&message) }
        let (database, place) = (database(of: message.dialect), try freePlace(in: row.conversation))
        var stored = StoredMessage(message, order: place)
        let others = row.conversation.members.subtracting([message.sender])
        stored.counterpart = others.count == 1 ? others.first : nil
        stored.setTerms()
        try session.insert(database.messages, [try database.model.document(of: stored)])
        placeChanged(row.conversation.id, place, in: message.dialect)
        try writePoll(of: message)
        for media in draft.media { try insert(media) }
        try show(message, of: draft)
        var conversation = row.stored
        for user in row.conversation.members {
            if user != message.sender { conversation[user].unread += 1 }
            // A new message brings a hidden conversation back into the lists.
            conversation[user].isHidden = false
        }
        conversation.conversation.updatedAt = max(row.conversation.updatedAt, message.createdAt)
        (conversation.activity, conversation.lastSaid) = (place, place)
        conversation.lastMessage = LastMessage(message)
        conversation.lastSavedAt = message.createdAt
        conversation.messageCount += 1
        try write(conversation, over: row, in: message.dialect)
        let saved = SavedMessage(message: message, unreadCounts: conversation.unreadCounts)
        try writeWebhooks(at: message.createdAt) { WebhookEvent.saved(message) }
        try write(draft.outbox(saved), dialect: message.dialect, at: message.createdAt)
        return saved
    }

    func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) throws
        -> ChatError.Limit
    {
        let used = try session.first(own.dailyCounts, Self.day(of: caller, in: dialect, .int64(date.day)))
        return ChatError.Limit(
            current: used?["count"]?.integerValue ?? 0,
            max: allowance.max(for: caller, record: try user(caller.id)),
            resetTime: Date(timeIntervalSince1970: Double(date.day + 1) * 86_400))
    }

    private func place(_ draft: MessageDraft) throws -> ConversationRow {
        let message = draft.message
        switch draft.place {
        case .direct(let id):
            guard let receiver = message.receiver, receiver != message.sender else {
                throw ChatError(.invalidReceiver)
            }
            return try directRow(of: message.sender, and: receiver, in: message.dialect, orCreateAs: id)
        case .conversation, .notice:
            guard let row = try conversationRow(message.conversation, in: message.dialect) else {
                throw ChatError(.conversationNotFound)
            }
            guard draft.mayBeFromOthers || row.conversation.members.contains(message.sender) else {
                throw ChatError(.notMember)
            }
            return row
        }
    }

    /// Gives a message a timestamp at least a millisecond after the last one of its conversation, also where the clock was set
    /// back: so the order of timestamps, by which clients page, is the order of messages.
    private func separateTimestamp(_ message: inout ChatMessage) throws {
        let fields = database(of: message.dialect).model.messageFields
        let latest = BSONDocument([
            (fields.conversation, BSONValue.int64(-1)), (fields.createdAt, .int64(-1)), ("darkroom.order", .int64(-1)),
        ])
        let last = try messageRows(
            messages(of: message.conversation, in: message.dialect), in: message.dialect, sort: latest, limit: 1
        ).first?.message.createdAt.milliseconds
        guard let last, message.createdAt.milliseconds <= last else { return }
        (message.createdAt, message.updatedAt) = (Date(milliseconds: last &+ 1), Date(milliseconds: last &+ 1))
    }

    private func count(_ message: ChatMessage, by caller: ChatCaller, allowance: DailyAllowance) throws {
        let limit = try usage(of: caller, in: message.dialect, allowance: allowance, at: message.createdAt)
        guard limit.current < limit.max else { throw ChatError(.allowanceUsed(limit)) }
        let today = Self.day(of: caller, in: message.dialect, .int64(message.createdAt.day))
        try session.update(own.dailyCounts, today, ["$inc": ["count": 1]], upsert: true)
        // Past days count no more. A day is a day of the calendar: if the clock is set to another day, its allowance applies.
        try session.delete(
            own.dailyCounts, Self.day(of: caller, in: message.dialect, ["$lt": .int64(message.createdAt.day)]))
    }

    private static func day(of caller: ChatCaller, in dialect: Dialect, _ day: BSONValue) -> BSONDocument {
        ["dialect": .string(dialect.rawValue), "user": .identifier(caller.id), "day": day]
    }

    private func show(_ message: ChatMessage, of draft: MessageDraft) throws {
        if message.forwardedFrom != nil, try !message.objects.filter(Self.isOwn).allSatisfy(isReferenced) {
            throw ChatError(.forwardedMessageDeleted)
        }
        // A file that was uploaded before the message may have been deleted since it was checked.
        let earlier = message.attachments.filter { file in
            file.id != nil && !draft.media.contains { $0.id == file.id }
        }
        guard try earlier.flatMap(\.objects).filter(Self.isOwn).allSatisfy(isReferenced) else {
            throw ChatError(.mediaDeleted)
        }
        try addReferences(
            to: message.attachments, from: .message(message.id, message.dialect), of: FileOrigin(message))
        try insertRenditionJobs(of: message.attachments, at: message.createdAt)
    }
}

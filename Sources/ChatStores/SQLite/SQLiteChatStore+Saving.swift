public import ChatBridge
public import Foundation
import JSON
import MediaModel

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func save(_ drafts: [MessageDraft]) throws -> [SavedMessage] {
        let step = IdempotentStep.next("messages")
        return try transact {
            try once(step) { ids in
                try ids.map { try savedMessage($0, in: drafts.first?.message.dialect) }
            } make: {
                let saved = try drafts.map(save)
                return (saved, saved.map(\.message.id), saved.flatMap(\.things))
            }
        }
    }

    /// See ``MessageStore``.
    public func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) throws
        -> ChatError.Limit
    {
        try translate {
            let used = try connection.first(
                "SELECT count FROM daily_counts WHERE dialect = ? AND user = ? AND day = ?",
                [.text(dialect.rawValue), .text(caller.id), .integer(date.day)]
            ) { $0.integer(0) }
            return ChatError.Limit(
                current: used ?? 0, max: allowance.max(for: caller, record: try record(of: caller.id)),
                resetTime: Date(timeIntervalSince1970: Double(date.day + 1) * 86_400))
        }
    }

    /// A message that an earlier attempt at a request has saved, as it is now.
    private func savedMessage(_ id: String, in dialect: Dialect?) throws -> SavedMessage {
        guard let dialect else { throw ChatError(.messageNotFound) }
        let row = try messageRow(id, in: dialect)
        guard let message = try messages(where: "m.number = ?1", [.integer(row.number)]).first else {
            throw ChatError(.messageNotFound)
        }
        return SavedMessage(message: message, unreadCounts: try unreadCounts(in: row.conversation))
    }

    /// Saves one message, within the transaction of all drafts.
    private func save(_ draft: MessageDraft) throws -> SavedMessage {
        var message = draft.message
        try createUser(of: draft.caller)
        let conversation = try place(draft)
        message.conversation = conversation.conversation.id
        draft.complete(&message, conversation.conversation)
        if let allowance = draft.allowance { try count(message, by: draft.caller, allowance: allowance) }
        if draft.separatesTimestamps { try separateTimestamp(&message, in: conversation.number) }
        let number = try insert(message, into: conversation.number)
        try setDeadline(of: message, number: number)
        try connection.addTerms(of: message.text, to: number, in: conversation.number)
        for media in draft.media { try insert(media) }
        try show(message, of: draft, number: number)
        try connection.run(
            "UPDATE members SET unread = unread + 1 WHERE conversation = ? AND user <> ?",
            [.integer(conversation.number), .text(message.sender)])
        // A new message brings a hidden conversation back into the lists.
        try connection.run(
            "UPDATE members SET is_hidden = 0 WHERE conversation = ? AND is_hidden = 1",
            [.integer(conversation.number)])
        try connection.run(
            """
            UPDATE conversations SET updated_at = max(updated_at, ?), activity = next.place, last_said = next.place
            FROM (SELECT \(Self.nextActivity) AS place) AS next WHERE number = ?
            """,
            [.integer(message.createdAt.milliseconds), .integer(conversation.number)])
        let saved = SavedMessage(message: message, unreadCounts: try unreadCounts(in: conversation.number))
        try writeWebhooks(at: message.createdAt) { WebhookEvent.saved(message) }
        try write(draft.outbox(saved), dialect: message.dialect, at: message.createdAt)
        return saved
    }

    /// Creates the record of a caller who has none.
    private func createUser(of caller: ChatCaller) throws {
        guard let name = caller.name, try record(of: caller.id) == nil else { return }
        _ = try write(ChatUser(id: caller.id, name: name, userType: caller.userType ?? .regular))
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
            guard let row = try row(message.conversation, in: message.dialect) else {
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
    private func separateTimestamp(_ message: inout ChatMessage, in conversation: Int) throws {
        let last = try connection.first(
            "SELECT max(created_at) FROM messages WHERE conversation = ?", [.integer(conversation)]
        ) { $0.optionalInteger(0) }
        guard let last = last ?? nil, message.createdAt.milliseconds <= last else { return }
        (message.createdAt, message.updatedAt) = (Date(milliseconds: last &+ 1), Date(milliseconds: last &+ 1))
    }

    private func count(_ message: ChatMessage, by caller: ChatCaller, allowance: DailyAllowance) throws {
        let limit = try usage(of: caller, in: message.dialect, allowance: allowance, at: message.createdAt)
        guard limit.current < limit.max else { throw ChatError(.allowanceUsed(limit)) }
        try connection.run(
            """
            INSERT INTO daily_counts (dialect, user, day, count) VALUES (?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET count = count + 1
            """,
            [.text(message.dialect.rawValue), .text(caller.id), .integer(message.createdAt.day)])
        // Past days count no more. A day is a day of the calendar: if the clock is set to another day, its allowance applies.
        try connection.run(
            "DELETE FROM daily_counts WHERE dialect = ? AND user = ? AND day < ?",
            [.text(message.dialect.rawValue), .text(caller.id), .integer(message.createdAt.day)])
    }

    private func insert(_ message: ChatMessage, into conversation: Int) throws -> Int {
        try connection.run(
            """
            INSERT INTO messages (dialect, id, conversation, sender, receiver, type, text, media, location, reply_to,
                forwarded_from, details, created_at, updated_at, folded)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, fold(?7))
            """,
            [
                .text(message.dialect.rawValue), .text(message.id), .integer(conversation), .text(message.sender),
                SQLiteValue(message.receiver), .text(message.type.rawValue), .text(message.text),
                SQLiteValue(try message.attachments.isEmpty ? nil : StoredJSON.text(message.attachments)),
                SQLiteValue(try StoredJSON.optionalText(message.location)), SQLiteValue(message.replyTo),
                SQLiteValue(try StoredJSON.optionalText(message.forwardedFrom)), .text(message.details.encodedText()),
                .integer(message.createdAt.milliseconds),
                .integer(message.updatedAt.milliseconds),
            ])
        return connection.lastRow
    }

    private func show(_ message: ChatMessage, of draft: MessageDraft, number: Int) throws {
        let objects = message.objects
        if message.forwardedFrom != nil, try !objects.allSatisfy(isReferenced) {
            throw ChatError(.forwardedMessageDeleted)
        }
        // A file that was uploaded before the message may have been deleted since it was checked.
        let earlier = message.attachments.filter { file in
            file.id != nil && !draft.media.contains { $0.id == file.id }
        }
        guard try earlier.flatMap(\.objects).allSatisfy(isReferenced) else {
            throw ChatError(.mediaDeleted)
        }
        try addReferences(to: message.attachments, from: .message(number), of: FileOrigin(message))
        try insertRenditionJobs(of: message.attachments, at: message.createdAt)
    }
}

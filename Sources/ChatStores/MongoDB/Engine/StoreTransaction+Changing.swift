import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func edit(
        _ message: String, in dialect: Dialect, text: String, mentions: [Mention]?, at date: Date, history: Int,
        outbox: [OutboxDraft]
    ) throws -> ChatMessage {
        let row = try presentRow(message, in: dialect)
        try checkAccess(of: row.message.sender, to: row.message)
        try eraseAnswers(about: .message(message, dialect))
        var edited = row.stored
        edited.message.edit(text, mentions: mentions, at: date, history: history)
        edited.setTerms()
        try write(edited, over: row, in: dialect)
        try rewriteLastMessage(edited.message)
        try write(outbox, dialect: dialect, at: date)
        return edited.message
    }

    func react(
        to message: String, in dialect: Dialect, _ reaction: Reaction, inPlace: Bool, outbox: [OutboxDraft]
    ) throws -> Bool {
        let row = try presentRow(message, in: dialect)
        try checkAccess(of: reaction.user, to: row.message)
        let before = row.message.reactions
        guard !before.contains(where: { $0.user == reaction.user && Self.isSame($0.emoji, reaction.emoji) }) else {
            return false
        }
        let own = inPlace ? 0 : before.count { $0.user == reaction.user }
        let others = before.count { $0.user != reaction.user }
        guard others + own < MessageLimits.maximumReactions, own < MessageLimits.maximumReactionsEach else {
            throw ChatError(.tooManyReactions)
        }
        var changed = row.stored
        if inPlace { changed.message.reactions.removeAll { $0.user == reaction.user } }
        changed.message.reactions.append(reaction)
        try write(changed, over: row, in: dialect)
        try write(outbox, dialect: dialect, at: reaction.createdAt)
        return true
    }

    func unreact(
        to message: String, in dialect: Dialect, user: String, emoji: String?, outbox: [OutboxDraft]
    ) throws -> [Reaction] {
        let row = try presentRow(message, in: dialect)
        try checkAccess(of: user, to: row.message)
        let isRemoved = { (reaction: Reaction) in
            reaction.user == user && (emoji.map { Self.isSame($0, reaction.emoji) } ?? true)
        }
        let removed = row.message.reactions.filter(isRemoved)
        guard !removed.isEmpty else { return [] }
        var changed = row.stored
        changed.message.reactions.removeAll(where: isRemoved)
        try write(changed, over: row, in: dialect)
        try write(outbox, dialect: dialect, at: now)
        return removed
    }

    func markDelivered(_ messages: [String], in dialect: Dialect, to users: Set<String>, at date: Date) throws {
        let ids = BSONValue.matching(anyOf: messages)
        var changed: [(stored: StoredMessage, row: MessageRow)] = []
        for row in try messageRows(["_id": ids], in: dialect) where row.message.deletedAt == nil {
            let reached = Set(row.message.deliveries.map(\.user)).union([row.message.sender])
            var stored = row.stored
            stored.message.deliveries += users.subtracting(reached).sorted().map {
                DeliveryReceipt(user: $0, deliveredAt: date)
            }
            changed.append((stored, row))
        }
        try write(changed, in: dialect)
    }

    /// A message that was not deleted.
    /// - Throws: ``StoreError/messageNotFound``.
    private func presentRow(_ message: String, in dialect: Dialect) throws -> MessageRow {
        let row = try requiredRow(message, in: dialect)
        guard row.message.deletedAt == nil else { throw ChatError(.messageNotFound) }
        return row
    }

    /// Emoji are compared by their bytes, not as Swift compares texts.
    private static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}

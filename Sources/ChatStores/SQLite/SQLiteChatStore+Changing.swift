public import ChatBridge
public import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func edit(
        _ message: String, in dialect: Dialect, text: String, mentions: [Mention]?, at date: Date, history: Int,
        outbox: [OutboxDraft]
    ) throws -> ChatMessage {
        try transact {
            let row = try presentRow(message, in: dialect)
            let found = try messages(where: "m.number = ?1", [.integer(row.number)]).first
            guard var edited = found else { throw ChatError(.messageNotFound) }
            try checkAccess(of: edited.sender, to: row)
            try eraseAnswers(about: .message(message, dialect))
            try connection.removeTerms(of: edited.text, from: row.number, in: row.conversation)
            try connection.addTerms(of: text, to: row.number, in: row.conversation)
            edited.edit(text, mentions: mentions, at: date, history: history)
            try connection.run(
                """
                UPDATE messages SET text = ?2, folded = fold(?2), details = ?3, edited_at = ?4, updated_at = ?4
                WHERE number = ?1
                """,
                [
                    .integer(row.number), .text(text), .text(edited.details.encodedText()),
                    .integer(date.milliseconds),
                ])
            try write(outbox, dialect: dialect, at: date)
            return edited
        }
    }

    /// See ``MessageStore``.
    public func react(
        to message: String, in dialect: Dialect, _ reaction: Reaction, inPlace: Bool, outbox: [OutboxDraft]
    ) throws -> Bool {
        try transact {
            let row = try presentRow(message, in: dialect)
            try checkAccess(of: reaction.user, to: row)
            let number = row.number
            let before = try reactions(to: number)
            guard !before.contains(where: { $0.user == reaction.user && $0.emoji == reaction.emoji }) else {
                return false
            }
            if inPlace { try remove(reactionsOf: reaction.user, to: number) }
            let own = inPlace ? 0 : before.count { $0.user == reaction.user }
            let others = before.count { $0.user != reaction.user }
            guard others + own < MessageLimits.maximumReactions, own < MessageLimits.maximumReactionsEach else {
                throw ChatError(.tooManyReactions)
            }
            try connection.run(
                """
                INSERT INTO reactions (message, user, emoji, name, created_at, place) VALUES (?1, ?2, ?3, ?4, ?5,
                    (SELECT coalesce(max(place), 0) + 1 FROM reactions WHERE message = ?1))
                """,
                [
                    .integer(number), .text(reaction.user), .text(reaction.emoji), SQLiteValue(reaction.name),
                    .integer(reaction.createdAt.milliseconds),
                ])
            try write(outbox, dialect: dialect, at: reaction.createdAt)
            return true
        }
    }

    /// See ``MessageStore``.
    public func unreact(
        to message: String, in dialect: Dialect, user: String, emoji: String?, outbox: [OutboxDraft]
    ) throws -> [Reaction] {
        try transact {
            let row = try presentRow(message, in: dialect)
            try checkAccess(of: user, to: row)
            let number = row.number
            let removed = try reactions(to: number).filter { $0.user == user && (emoji ?? $0.emoji) == $0.emoji }
            for reaction in removed { try remove(reactionsOf: user, to: number, emoji: reaction.emoji) }
            if !removed.isEmpty { try write(outbox, dialect: dialect, at: now()) }
            return removed
        }
    }

    func reactions(to message: Int) throws -> [Reaction] {
        try connection.rows(
            "SELECT user, emoji, name, created_at FROM reactions WHERE message = ? ORDER BY place",
            [.integer(message)]
        ) { row in
            Reaction(
                user: row.user(0), emoji: row.text(1), name: row.optionalText(2),
                createdAt: Date(milliseconds: row.integer(3)))
        }
    }

    private func remove(reactionsOf user: String, to message: Int, emoji: String? = nil) throws {
        try connection.run(
            "DELETE FROM reactions WHERE message = ?1 AND user = ?2 AND emoji = coalesce(?3, emoji)",
            [.integer(message), .text(user), SQLiteValue(emoji)])
    }

    /// The row of a message that was not deleted.
    private func presentRow(_ message: String, in dialect: Dialect) throws -> MessageRow {
        let row = try messageRow(message, in: dialect)
        guard !row.isDeleted else { throw ChatError(.messageNotFound) }
        return row
    }
}

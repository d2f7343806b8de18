import ChatBridge
import ChatDocuments

/// Documents of conversations that repeat the text of the last message.
extension StoreTransaction {
    /// Writes a message that was edited or deleted for everyone to the document of its conversation, where that repeats it: a text
    /// that is deleted is in no document any more.
    func rewriteLastMessage(_ message: ChatMessage) throws {
        guard let row = try conversationRow(message.conversation, in: message.dialect),
            let last = row.stored.lastMessage, try isSame(last, as: message, in: row.conversation)
        else { return }
        var changed = row.stored
        changed.lastMessage = LastMessage(message)
        try write(changed, over: row, in: message.dialect)
    }

    /// Whether the document repeats that message; where it names no ID, it is the one with the last place.
    private func isSame(_ last: LastMessage, as message: ChatMessage, in conversation: Conversation) throws -> Bool {
        guard last.id.isEmpty else { return last.id == message.id }
        guard last.date == message.createdAt, last.sender == message.sender else { return false }
        return try lastPlace(in: conversation).message == message.id
    }
}

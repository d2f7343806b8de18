import ChatBridge

extension ChatMessage {
    /// `read` when another member has read it, `delivered` when it was written to a connection of one, otherwise `sent`.
    var intokStatus: String {
        guard receipts.isEmpty else { return "read" }
        return deliveries.isEmpty ? "sent" : "delivered"
    }
}

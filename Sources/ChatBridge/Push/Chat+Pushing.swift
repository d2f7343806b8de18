import Foundation
import JSON

extension Chat {
    /// How many users one event for devices is about at most. With what a dialect shows of each of them, this bounds its size.
    package static var usersInPush: Int { 10 }

    /// The events that ask for notifications of a new message: for the members who have not sent it, some in each. Which of them
    /// have devices and are not connected is looked up when an event is delivered.
    /// - Parameter hasReceiver: whether they go to a ``PushReceiver``, beside the webhooks that ask for them.
    public func pushDrafts(of saved: SavedMessage, hasReceiver: Bool = true) -> [OutboxDraft] {
        let message = saved.message
        let users = saved.unreadCounts.keys.filter { $0 != message.sender }.sorted()
        return stride(from: 0, to: users.count, by: Self.usersInPush).flatMap { start in
            let some = users[start..<min(start + Self.usersInPush, users.count)]
            var draft = OutboxDraft(
                recipient: message.id, audience: .devices, event: PushEvent.type, message: message.id,
                payload: [
                    "users": .array(some.map(JSONValue.string)), "part": .integer(start / Self.usersInPush),
                ])
            var drafts = hasReceiver ? [draft] : []
            draft.audience = .webhooks
            drafts.append(draft)
            return drafts
        }
    }

    /// Whose devices are to be notified of the message of an entry: its users who are still members, have not read it, have
    /// devices, and no connection on any node. `nil` when there are none, or the message was deleted.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func pushRequest(
        for entry: OutboxEntry, without connections: any ConnectionRegistry
    ) async throws -> PushRequest? {
        guard let id = entry.draft.message, let message = try await store.message(id, in: dialect, viewer: nil),
            message.deletedAt == nil, let conversation = try await store.conversation(message.conversation, in: dialect)
        else { return nil }
        let readers = Set(message.receipts.map(\.user))
        var recipients: [PushRequest.Recipient] = []
        let users = entry.draft.payload["users"]?.arrayValue?.compactMap(\.stringValue) ?? []
        for (place, user) in users.enumerated()
        where conversation.members.contains(user) && !readers.contains(user)
            && connections.connectionCount(of: user) == 0
        {
            let devices = try await store.records(.device, of: user, in: dialect)
            // They may have deleted the message for themselves.
            guard !devices.isEmpty, try await store.message(id, in: dialect, viewer: user) != nil else { continue }
            recipients.append(PushRequest.Recipient(place: place, user: user, devices: devices))
        }
        guard !recipients.isEmpty else { return nil }
        return PushRequest(message: message, conversation: conversation, recipients: recipients)
    }

    /// The ID of the event of an entry for devices.
    public func pushID(of entry: OutboxEntry) -> String {
        "push_\(entry.draft.recipient)_\(entry.draft.payload["part"]?.integerValue ?? 0)"
    }
}

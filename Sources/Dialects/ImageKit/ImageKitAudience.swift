import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The connections of the dialect, as delivery needs them. `unread_message` goes to the devices of the members who have not
/// joined the chat, to each with their own count; every other event to the sockets that have joined it.
struct ImageKitAudience: ConnectionRegistry {
    let hub: SocketIOHub
    let subscriptions: RoomSubscriptions

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { subscriptions.isPresent(user, for: entry) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard entry.draft.event == ImageKitEvent.unreadMessage, let chat = payload["chatId"]?.stringValue else {
            return subscriptions.send(entry, payload, to: users, receipt: receipt)
        }
        var members = payload.objectValue ?? [:]
        let counts = members.removeValue(forKey: "unreadCounts")
        for user in users where user != payload["senderId"]?.stringValue && !subscriptions.isPresent(user, in: chat) {
            members["unreadCount"] = counts?[user] ?? 0
            hub.emit(entry.draft.event, [.object(members)], to: [UserRoom.name(user)], receipt: receipt)
        }
    }
}

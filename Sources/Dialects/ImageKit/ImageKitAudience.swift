import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The dialect's connections for the delivery of events. `unread_message` is sent to the devices of the members who
/// have not joined the chat, each with that member's unread count; all other events are sent to the sockets that have
/// joined the chat.
struct ImageKitAudience: ConnectionRegistry {
    let hub: SocketIOHub
    let subscriptions: RoomSubscriptions

    var fanOut: (any EventFanOut)? { hub.fanOut }

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }
    func ownConnectionCount(of user: String) -> Int { hub.ownConnectionCount(of: user) }
    func otherConnectionCount(of user: String) -> Int { hub.otherConnectionCount(of: user) }

    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { subscriptions.isPresent(user, for: entry) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard entry.draft.event == ImageKitEvent.unreadMessage, let chat = payload["chatId"]?.stringValue else {
            return subscriptions.send(entry, payload, to: users, receipt: receipt)
        }
        var members = payload.objectValue ?? [:]
        let counts = members.removeValue(forKey: "unreadCounts")
        for user in users where user != payload["senderId"]?.stringValue && !subscriptions.isPresent(user, in: chat) {
            members["unreadCount"] = counts?[user] ?? 0
            hub.emit(
                entry.draft.event, [.object(members)], to: [UserRoom.name(user)],
                outside: [ConversationRoom.name(chat)],
                receipt: receipt)
        }
    }
}

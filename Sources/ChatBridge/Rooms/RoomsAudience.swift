import JSON

/// The sockets of users that are in a chat's room: they alone are told what happens there. Who is told of what is
/// decided by who takes part when it is told; a socket that has joined hears nothing of a room that its user has left.
struct RoomsAudience: ConnectionRegistry {
    let hub: SocketIOHub

    /// The hub's room of a chat room.
    static func room(_ id: String) -> String { "chat_\(id)" }

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool {
        guard let room = entry.draft.joined else { return connectionCount(of: user) > 0 }
        return hub.isAnySocket(of: UserRoom.name(user), in: Self.room(room))
    }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?) {
        guard let room = payload["chatRoomId"]?.stringValue else {
            return hub.send(entry, payload, to: users, receipt: receipt)
        }
        send(entry.draft.event, payload, in: room, to: users, except: entry.draft.exceptSocket, receipt: receipt)
    }

    /// Tells an event to those of `users`' sockets that are in a chat room, but not to `except` (a socket's id).
    func send(
        _ event: String, _ payload: JSONValue, in room: String, to users: Set<String>, except: String? = nil,
        receipt: OutboxReceipt? = nil
    ) {
        hub.emit(
            event, [payload], to: Set(users.map(UserRoom.name)), within: Self.room(room), except: except,
            receipt: receipt)
    }
}

/// A chat server that has Socket.IO servers of its own, and how events reach them.
package struct ChatServerOptions: Sendable, Hashable {
    /// What the chat server's Socket.IO servers exchange messages with.
    package enum Adapter: String, Sendable, CaseIterable {
        /// `@socket.io/redis-adapter`, of Node.
        case node
        /// The Redis manager of python-socketio.
        case python
    }

    /// The adapter.
    package var adapter: Adapter
    /// The `key` of the adapter, or the `channel` of the manager.
    package var channel: String
    /// The name of a user's room, in which `{id}` stands for the user's ID.
    package var userRoom = "{id}"
    /// The name of a conversation's room.
    package var conversationRoom = "{id}"

    /// A chat server whose rooms are called like the IDs of users and conversations.
    package init(adapter: Adapter, channel: String? = nil) {
        self.adapter = adapter
        self.channel = channel ?? (adapter == .node ? "socket.io" : "socketio")
    }
}

/// The names of rooms of one kind.
struct RoomTemplate: Sendable {
    private let (before, after): (String, String)

    /// Rooms called `text`, in which `{id}` stands for the ID.
    init(_ text: String) {
        let parts = text.split(separator: "{id}", maxSplits: 1, omittingEmptySubsequences: false)
        (before, after) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }

    func room(of id: String) -> String { before + id + after }

    /// The ID in the name of a room; `nil` for another one's.
    func id(in room: String) -> String? {
        guard room.hasPrefix(before), room.hasSuffix(after), room.utf8.count > before.utf8.count + after.utf8.count
        else {
            return nil
        }
        return String(room.dropFirst(before.count).dropLast(after.count))
    }
}

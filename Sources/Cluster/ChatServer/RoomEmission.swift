import JSON

/// An event for the rooms of a chat server's Socket.IO servers.
struct RoomEmission: Sendable, Hashable {
    /// The name of the event.
    var event: String
    /// Its arguments.
    var arguments: [JSONValue]
    /// The rooms of which a receiver is in one; none for all sockets of the namespace.
    var rooms: [String]
    /// The rooms whose sockets do not receive it; each socket is alone in the room of its ID.
    var except: [String] = []
}

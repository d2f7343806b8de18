import JSON

/// The messages of python-socketio's Redis managers for the namespace `/`, as JSON: what releases from 5.14 on write, and what
/// earlier ones read, too. Those wrote pickles, which can hold code: they are never read.
enum PythonManagerMessage {
    /// An event for each room, as a manager reads it: it knows one room for each, or a list of them, and sockets that are skipped.
    /// - Parameter sender: the ID of the sender.
    static func encode(_ emission: RoomEmission, from sender: String) -> [UInt8] {
        // None, one argument or several: a list is one argument of its own.
        let data = emission.arguments.count == 1 ? emission.arguments[0] : .array(emission.arguments)
        let rooms = emission.rooms.map(JSONValue.string)
        let message: JSONValue = [
            "method": "emit", "event": .string(emission.event), "data": emission.arguments.isEmpty ? .null : data,
            "binary": false, "namespace": "/",
            "room": rooms.count == 1 ? rooms[0] : rooms.isEmpty ? .null : .array(rooms),
            "skip_sid": emission.except.isEmpty ? .null : .array(emission.except.map(JSONValue.string)),
            "callback": nil, "host_id": .string(sender),
        ]
        return message.encoded()
    }

    /// What a message is.
    enum Content: Sendable, Hashable {
        case emission(RoomEmission)
        /// A message of the sender itself, one that is no event of the namespace, or an event with binary data.
        case other
        /// A pickle, or anything else that is not JSON.
        case unreadable
    }

    /// The content of a message.
    static func decode(_ bytes: [UInt8], ignoring sender: String) -> Content {
        guard let message = try? JSONValue(parsing: bytes) else { return .unreadable }
        guard message["method"] == "emit", message["host_id"]?.stringValue != sender,
            message["namespace"]?.stringValue ?? "/" == "/", message["binary"]?.boolValue != true,
            let event = message["event"]?.stringValue
        else { return .other }
        let data = message["data"] ?? .null
        return .emission(
            RoomEmission(
                event: event, arguments: data.isNull ? [] : [data], rooms: names(message["room"]),
                except: names(message["skip_sid"])))
    }

    /// One name or a list of them.
    private static func names(_ value: JSONValue?) -> [String] {
        value?.stringValue.map { [$0] } ?? value?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

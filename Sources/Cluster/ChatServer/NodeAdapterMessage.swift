import JSON
import MessagePack

/// The messages of @socket.io/redis-adapter and @socket.io/redis-emitter for the namespace `/`: an array of MessagePack of the
/// sender's ID, the packet and its options.
enum NodeAdapterMessage {
    /// The channel of the messages for one room, or for none or several.
    /// - Parameter key: what the names of the adapter's channels begin with.
    static func channel(_ key: String, rooms: [String]) -> String {
        "\(key)#/#" + (rooms.count == 1 ? rooms[0] + "#" : "")
    }

    /// The pattern of all channels of messages.
    static func channels(_ key: String) -> String {
        // What has a meaning in a pattern of Redis is quoted.
        let quoted = key.map { "*?[]\\^".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return quoted + "#/#*"
    }

    /// An event as the adapter reads it.
    /// - Parameter sender: the ID of the sender, `emitter` from an emitter.
    static func encode(_ emission: RoomEmission, from sender: String) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.beginArray(3)
        writer.write(sender)
        writer.beginMap(3)
        writer.write("type")
        writer.write(2)
        writer.write("data")
        writer.write(.array([.string(emission.event)] + emission.arguments))
        writer.write("nsp")
        writer.write("/")
        writer.beginMap(3)
        writer.write("rooms")
        writer.write(emission.rooms)
        writer.write("flags")
        writer.beginMap(0)
        writer.write("except")
        writer.write(emission.except)
        return writer.bytes
    }

    /// The event of a message; `nil` for one of the sender itself, and for packets that are no events of the namespace.
    /// - Throws: ``MessagePackError``.
    static func decode(
        _ bytes: [UInt8], ignoring sender: String
    ) throws(MessagePackError) -> RoomEmission? {
        let message = try MessagePackReader.read(bytes)
        guard let uid = message[0]?.stringValue, uid != sender, let packet = message[1], let options = message[2],
            packet["nsp"]?.stringValue ?? "/" == "/", packet["type"] == 2, let data = packet["data"]?.arrayValue,
            let event = data.first?.stringValue
        else { return nil }
        return RoomEmission(
            event: event, arguments: Array(data.dropFirst()), rooms: options.texts("rooms"),
            except: options.texts("except"))
    }
}

extension JSONValue {
    fileprivate func texts(_ name: String) -> [String] { self[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
}

import JSON
import MessagePack

/// The encodings of the hub's messages, by their names in the handshake.
enum HubFormat: String {
    /// JSON, in text frames.
    case json
    /// MessagePack, in binary frames.
    case messagePack = "messagepack"

    /// The frame of a text that has the same form in every protocol: the handshake's answer.
    func frame(_ text: String) -> SocketFrame { self == .json ? .text(text) : .binary(Array(text.utf8)) }

    /// The frame of a message.
    /// - Parameters:
    ///   - json: the message as JSON.
    ///   - binary: its elements in MessagePack.
    func frame(json: @autoclosure () -> JSONValue, binary: @autoclosure () -> [JSONValue]) -> SocketFrame {
        switch self {
        case .json: .text(json().encodedText() + "\u{1e}")
        case .messagePack: .binary(Self.record(binary()))
        }
    }

    /// The elements of a message in MessagePack, after its length.
    static func record(_ elements: [JSONValue]) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.write(.array(elements))
        var record: [UInt8] = []
        var length = writer.bytes.count
        while length > 0x7F {
            record.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        record.append(UInt8(length))
        return record + writer.bytes
    }
}

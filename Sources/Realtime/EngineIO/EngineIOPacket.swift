import Foundation

/// A message that an application sends or receives.
package enum EngineIOMessage: Sendable, Hashable {
    case text(String)
    case binary([UInt8])

    /// The size of its content in bytes.
    var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}

/// A packet of Engine.IO v4 (protocol revision 4).
enum EngineIOPacket: Sendable, Hashable {
    case open(String)
    case close
    case ping(String)
    case pong(String)
    case message(EngineIOMessage)
    case upgrade
    case noop

    /// Parses a packet: a digit followed by data, or `b` followed by base64.
    init?(text: Substring) {
        // By scalars, not by characters: data may begin with a combining mark, which would form one character with the
        // digit.
        let data = Substring(text.unicodeScalars.dropFirst())
        switch text.unicodeScalars.first {
        case "0": self = .open(String(data))
        case "1" where data.isEmpty: self = .close
        case "2": self = .ping(String(data))
        case "3": self = .pong(String(data))
        case "4": self = .message(.text(String(data)))
        case "5" where data.isEmpty: self = .upgrade
        case "6" where data.isEmpty: self = .noop
        case "b":
            guard let bytes = Data(base64Encoded: String(data)) else { return nil }
            self = .message(.binary([UInt8](bytes)))
        default: return nil
        }
    }

    /// The packet as text for polling, with binary data in base64.
    var text: String {
        switch self {
        case .open(let data): "0" + data
        case .close: "1"
        case .ping(let data): "2" + data
        case .pong(let data): "3" + data
        case .message(.text(let text)): "4" + text
        case .message(.binary(let bytes)): "b" + Data(bytes).base64EncodedString()
        case .upgrade: "5"
        case .noop: "6"
        }
    }

    /// The packet as a WebSocket frame, in which binary data is not encoded.
    var frame: EngineIOMessage {
        if case .message(.binary(let bytes)) = self { .binary(bytes) } else { .text(text) }
    }
}

/// Packets in one polling body, joined by the record separator (0x1E).
enum EngineIOPayload {
    /// The packets of a body; `nil` if it is not UTF-8, is malformed or has more than `limit` packets.
    static func packets(_ body: [UInt8], limit: Int) -> [EngineIOPacket]? {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        var packets: [EngineIOPacket] = []
        for part in text.utf8.split(separator: 0x1E, maxSplits: limit, omittingEmptySubsequences: false) {
            guard packets.count < limit, let packet = EngineIOPacket(text: Substring(part)) else { return nil }
            packets.append(packet)
        }
        return packets
    }

    /// Encodes `packets` as a body.
    static func text(_ packets: [EngineIOPacket]) -> String { packets.map(\.text).joined(separator: "\u{1E}") }
}

import HTTPServer

/// Frames as RFC 6455 section 5.2 draws them, over a raw client.
struct WebSocketClient {
    let raw: RawClient

    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]
        var isFinal = true

        var text: String { String(decoding: payload, as: UTF8.self) }
        var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    static let handshake =
        "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    init(_ address: SocketAddress, receiveBuffer: Int32? = nil) async throws {
        raw = try RawClient(address, receiveBuffer: receiveBuffer)
        try await raw.send(Self.handshake + "\r\n")
        guard try await raw.receiveHead().contains(" 101 ") else { throw RawClient.Ended() }
    }

    static func bytes(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, isMasked: Bool = true) -> [UInt8] {
        var bytes = [opcode | (isFinal ? 0x80 : 0)]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(mask | UInt8(payload.count))
        case ..<65536: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [1, 2, 3, 4]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func send(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) async throws {
        try await raw.send(Self.bytes(opcode, payload, isFinal: isFinal))
    }

    func send(_ text: String) async throws { try await send(1, Array(text.utf8)) }

    func receive() async throws -> Frame {
        let head = try await raw.receive(2)
        var length = Int(head[1] & 0x7f)
        if length >= 126 {
            length = try await raw.receive(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: head[0] & 0x0f, payload: try await raw.receive(length), isFinal: head[0] & 0x80 != 0)
    }
}

import FFmpeg
import Foundation

/// A file to inspect, as it travels.
struct InspectionRequest: Codable {
    var order: InspectionOrder
    /// Whether its bytes are to be asked for; otherwise the descriptor stands beside the message.
    var isAskedFor: Bool
}

/// A part of a file that the worker needs.
struct RangeRequest: Equatable {
    /// The most bytes that are asked for at once.
    static let maximumCount = 256 << 10
    static let length = 12

    var offset: Int
    var count: Int

    init(offset: Int, count: Int) {
        self.offset = offset
        self.count = min(count, Self.maximumCount)
    }

    var encoded: [UInt8] { UInt64(offset).littleEndianBytes + UInt32(count).littleEndianBytes }

    /// A worker's request for a file of `size` bytes: it may be any bytes at all, so it must lie within the file.
    init(_ bytes: [UInt8], size: Int) throws(IPCError) {
        guard bytes.count == Self.length, let offset = Int(exactly: UInt64(littleEndianBytes: bytes[..<8])) else {
            throw .malformed("a range that is none")
        }
        let count = Int(UInt32(littleEndianBytes: bytes[8...]))
        guard (1...Self.maximumCount).contains(count), offset < size else {
            throw .malformed("a range of \(count) bytes from \(offset) of \(size)")
        }
        self.offset = offset
        self.count = min(count, size - offset)
    }
}

/// Why a range cannot be had.
struct RangeFailure: Codable {
    var code: String
    var message: String

    init(_ error: FFmpegError) {
        code = error.code.rawValue
        message = String(error.message.prefix(500))
    }

    var error: FFmpegError { FFmpegError(FFmpegError.Code(rawValue: code) ?? .io, message) }
}

extension IPCFrame {
    /// A frame whose payload is `value` in JSON.
    init(_ kind: Kind, _ value: some Encodable) throws(IPCError) {
        do {
            self.init(kind: kind, payload: [UInt8](try JSONEncoder().encode(value)))
        } catch {
            throw .malformed("what cannot be said in JSON: \(error)")
        }
        guard payload.count <= kind.maximumLength else { throw .malformed("a frame of \(payload.count) bytes") }
    }

    /// The payload as `Value` in JSON.
    func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(IPCError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(payload))
        } catch {
            throw .malformed("JSON that is not \(type)")
        }
    }
}

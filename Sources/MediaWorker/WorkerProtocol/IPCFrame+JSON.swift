import Foundation
import JSON

extension IPCFrame {
    /// Creates a frame whose payload is `value` in JSON.
    /// - Throws: ``IPCError/malformed(_:)`` for a value that JSON cannot represent, or whose encoding is too long.
    init(_ kind: Kind, _ value: some Encodable) throws(IPCError) {
        do {
            self.init(kind: kind, payload: [UInt8](try JSONEncoder().encode(value)))
        } catch {
            throw .malformed("a value that JSON cannot represent: \(error)")
        }
        guard payload.count <= kind.maximumLength else { throw .malformed("a frame of \(payload.count) bytes") }
    }

    /// Decodes the payload from JSON.
    /// - Throws: ``IPCError/malformed(_:)`` for anything that is not a `Value` in JSON.
    func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(IPCError) -> Value {
        do {
            // The length is bounded by the kind of the frame.
            let limits = JSONLimits(maximumBytes: payload.count, maximumValues: payload.count)
            return try decodeJSON(type, from: payload, limits: limits)
        } catch {
            throw .malformed("JSON that is not \(type)")
        }
    }
}

import Foundation

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
            return try JSONDecoder().decode(type, from: Data(payload))
        } catch {
            throw .malformed("JSON that is not \(type)")
        }
    }
}

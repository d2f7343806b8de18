import Foundation

/// Decodes a value from a JSON text that an untrusted sender may have written.
///
/// Foundation's decoder does not check the names of an object before it decodes one: in Swift 6.0 it ends the process at a
/// name with a control character or an invalid escape in it. The text is therefore parsed here first.
/// - Throws: ``JSONError`` for what is not JSON or exceeds the limits; `DecodingError` for JSON that is not a `Value`.
public func decodeJSON<Value: Decodable>(
    _ type: Value.Type = Value.self, from bytes: [UInt8], limits: JSONLimits = JSONLimits()
) throws -> Value {
    _ = try JSONValue(parsing: bytes, limits: limits)
    return try JSONDecoder().decode(type, from: Data(bytes))
}

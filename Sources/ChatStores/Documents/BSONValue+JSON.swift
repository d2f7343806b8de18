import ChatBridge
package import Foundation
public import JSON

extension BSONValue {
    /// Nested deeper than this, an object is stored as its text: a server nests documents to a depth of 100.
    private static let maximumDepth = 64

    /// A JSON object as a document, so that others can read it; every other value, and an object that no document can
    /// represent, as its JSON text.
    public static func json(_ value: JSONValue) -> BSONValue {
        if case .object = value, let document = BSONValue(value, depth: 0) { return document }
        return .string(value.encodedText())
    }

    /// The JSON value that was stored by ``json(_:)``, or that another program wrote as a document; `nil` where it is neither.
    public var jsonValue: JSONValue? {
        if case .string(let text) = self { return try? JSONValue(parsing: text, limits: Self.limits) }
        return JSONValue(self)
    }

    /// A JSON value as what it is, texts as texts; `nil` where no document can represent it.
    package static func literal(_ value: JSONValue) -> BSONValue? { BSONValue(value, depth: 0) }

    /// The value as JSON, texts as texts; `nil` for types that JSON cannot say.
    package var literal: JSONValue? { JSONValue(self) }

    /// What was accepted once must be readable, whatever the limits were then.
    private static let limits = JSONLimits(maximumBytes: .max, maximumDepth: 512, maximumValues: .max)

    private init?(_ value: JSONValue, depth: Int) {
        guard depth < Self.maximumDepth else { return nil }
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .int64(value)
        case .number(let value): self = value.isFinite ? .double(value) : .null
        case .string(let value): self = .string(value)
        case .array(let elements):
            let values = elements.compactMap { BSONValue($0, depth: depth + 1) }
            guard values.count == elements.count else { return nil }
            self = .array(values)
        case .object(let members):
            var document = BSONDocument()
            for member in members.sorted {
                guard !member.name.utf8.contains(0), let value = BSONValue(member.value, depth: depth + 1) else {
                    return nil
                }
                document.append(member.name, value)
            }
            self = .document(document)
        }
    }
}

extension JSONValue {
    /// A value of BSON as JSON: identifiers as strings, dates as RFC 3339 writes them; `nil` for types that JSON cannot say.
    fileprivate init?(_ value: BSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .integer(Int(value))
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .objectID(let id): self = .string(id.description)
        case .date(let milliseconds): self = .string(Timestamp.milliseconds(Date(milliseconds: milliseconds)))
        case .array(let elements): self = .array(elements.compactMap(JSONValue.init))
        case .document(let document):
            self = .object(
                JSONObject(document.fields.compactMap { field in JSONValue(field.value).map { (field.name, $0) } }))
        case .other: return nil
        }
    }
}

extension BSONValue {
    /// A date.
    package static func date(_ date: Date) -> BSONValue { .date(date.milliseconds) }

    /// A date, from a date or from text in RFC 3339, as programs without a type for dates write it.
    package var timestamp: Date? {
        switch self {
        case .date(let milliseconds): Date(milliseconds: milliseconds)
        case .string(let text): Timestamp.date(text)
        default: nil
        }
    }

    /// What a type that is stored as JSON is as a document.
    /// - Throws: what its encoding throws.
    package static func encoding(_ value: some Encodable) throws -> BSONValue {
        .json(try JSONValue(parsing: String(decoding: JSONEncoder().encode(value), as: UTF8.self), limits: limits))
    }

    /// The value that ``encoding(_:)`` wrote.
    /// - Throws: what its decoding throws.
    package func decoding<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data((jsonValue ?? .null).encodedText().utf8))
    }
}

public import ChatBridge

/// A value of BSON, the format of MongoDB's documents (bsonspec.org).
public indirect enum BSONValue: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number of 32 bits.
    case int32(Int32)
    /// A whole number of 64 bits.
    case int64(Int)
    /// A number.
    case double(Double)
    /// Text.
    case string(String)
    /// Milliseconds since 1970, UTC.
    case date(Int)
    /// An ObjectId.
    case objectID(ObjectID)
    /// Values in order.
    case array([BSONValue])
    /// Values by name, in order.
    case document(BSONDocument)
    /// A value of another type, as its bytes: it is read and written unchanged.
    case other(type: UInt8, bytes: [UInt8])
}

extension BSONValue {
    /// The text of a string.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    /// The value of a boolean.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements of an array.
    public var arrayValue: [BSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The fields of a document.
    public var documentValue: BSONDocument? { if case .document(let value) = self { value } else { nil } }

    /// The value of a whole number, also of one that was written as a number with fraction, as JavaScript does.
    public var integerValue: Int? {
        switch self {
        case .int32(let value): Int(value)
        case .int64(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value of any number.
    public var doubleValue: Double? {
        switch self {
        case .int32(let value): Double(value)
        case .int64(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { if case .null = self { true } else { false } }
}

// Not by `nil`, which in a field of a document means that there is none.
extension BSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number of 64 bits.
    public init(integerLiteral value: Int) { self = .int64(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
    /// A document.
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self = .document(BSONDocument(elements)) }
}

extension BSONValue: Hashable {
    /// Whether two values are written with the same bytes. Texts are compared by their bytes, not as Swift compares them.
    public static func == (a: BSONValue, b: BSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int32(let a), .int32(let b)): a == b
        case (.int64(let a), .int64(let b)): a == b
        case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.date(let a), .date(let b)): a == b
        case (.objectID(let a), .objectID(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.document(let a), .document(let b)): a == b
        case (.other(let type, let bytes), .other(let otherType, let otherBytes)):
            type == otherType && bytes == otherBytes
        default: false
        }
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: break
        case .bool(let value): hasher.combine(value)
        case .int32(let value): hasher.combine(value)
        case .int64(let value), .date(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.bitPattern)
        case .string(let value): hasher.combine(value)
        case .objectID(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .document(let value): hasher.combine(value)
        case .other(_, let bytes): hasher.combine(bytes)
        }
    }
}

public import JSON

/// Bytes are no MessagePack, or hold what JSON cannot.
public enum MessagePackError: Error, Hashable {
    /// The bytes end before the value does, or go on after it.
    case malformed
    /// Values are nested too deeply, or there are too many.
    case tooComplex
    /// There is binary data, or a map with keys that are no texts.
    case unsupported
}

/// Reads one value of MessagePack as JSON. What an extension type holds is read as `null`, as are JavaScript's `undefined` and
/// its likes.
public struct MessagePackReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0
    private var count = 0
    private static let maximumDepth = 64
    private static let maximumValues = 1_000_000

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The value that all of `bytes` are.
    /// - Throws: ``MessagePackError``.
    public static func read(_ bytes: [UInt8]) throws(MessagePackError) -> JSONValue {
        var reader = MessagePackReader(bytes[...])
        let value = try reader.value()
        guard reader.position == bytes.endIndex else { throw .malformed }
        return value
    }

    private mutating func value() throws(MessagePackError) -> JSONValue {
        count += 1
        guard count <= Self.maximumValues, depth <= Self.maximumDepth else { throw .tooComplex }
        let type = try number(UInt8.self)
        switch type {
        case 0x00...0x7F: return .integer(Int(type))
        case 0x80...0x8F: return try map(Int(type & 0x0F))
        case 0x90...0x9F: return try array(Int(type & 0x0F))
        case 0xA0...0xBF: return try text(Int(type & 0x1F))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .bool(type == 0xC3)
        case 0xC4...0xC6: throw .unsupported
        case 0xCA: return .number(Double(Float(bitPattern: try number(UInt32.self))))
        case 0xCB: return .number(Double(bitPattern: try number(UInt64.self)))
        case 0xCC...0xD3: return try integer(type)
        case 0xE0...0xFF: return .integer(Int(Int8(bitPattern: type)))
        default: return try longValue(type)
        }
    }

    private mutating func integer(_ type: UInt8) throws(MessagePackError) -> JSONValue {
        switch type {
        case 0xCC: return .integer(Int(try number(UInt8.self)))
        case 0xCD: return .integer(Int(try number(UInt16.self)))
        case 0xCE: return .integer(Int(try number(UInt32.self)))
        case 0xCF:
            let value = try number(UInt64.self)
            return Int(exactly: value).map(JSONValue.integer) ?? .number(Double(value))
        case 0xD0: return .integer(Int(Int8(bitPattern: try number(UInt8.self))))
        case 0xD1: return .integer(Int(Int16(bitPattern: try number(UInt16.self))))
        case 0xD2: return .integer(Int(Int32(bitPattern: try number(UInt32.self))))
        default: return .integer(Int(Int64(bitPattern: try number(UInt64.self))))
        }
    }

    private mutating func longValue(_ type: UInt8) throws(MessagePackError) -> JSONValue {
        switch type {
        case 0xD9: return try text(Int(try number(UInt8.self)))
        case 0xDA: return try text(Int(try number(UInt16.self)))
        case 0xDB: return try text(Int(try number(UInt32.self)))
        case 0xDC: return try array(Int(try number(UInt16.self)))
        case 0xDD: return try array(Int(try number(UInt32.self)))
        case 0xDE: return try map(Int(try number(UInt16.self)))
        case 0xDF: return try map(Int(try number(UInt32.self)))
        // Extension types: a length, or one that the type says, then a byte that says which, then the data.
        case 0xC7: return try skip(Int(try number(UInt8.self)) + 1)
        case 0xC8: return try skip(Int(try number(UInt16.self)) + 1)
        case 0xC9: return try skip(Int(try number(UInt32.self)) + 1)
        case 0xD4...0xD8: return try skip(1 << Int(type - 0xD4) + 1)
        default: throw .malformed
        }
    }

    private mutating func array(_ count: Int) throws(MessagePackError) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        for _ in 0..<count { elements.append(try value()) }
        return .array(elements)
    }

    private mutating func map(_ count: Int) throws(MessagePackError) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        var members = JSONObject()
        for _ in 0..<count {
            guard case .string(let name) = try value() else { throw .unsupported }
            members[name] = try value()
        }
        return .object(members)
    }

    private mutating func text(_ count: Int) throws(MessagePackError) -> JSONValue {
        let start = position
        _ = try skip(count)
        return .string(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func skip(_ count: Int) throws(MessagePackError) -> JSONValue {
        guard count <= bytes.endIndex - position else { throw .malformed }
        position += count
        return .null
    }

    /// The next number, with its most significant byte first.
    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(MessagePackError) -> Number {
        let start = position
        _ = try skip(Number.bitWidth / 8)
        return bytes[start..<position].reduce(0) { $0 << 8 | Number($1) }
    }
}

import ChatBridge

/// Bytes that are no document.
public struct BSONError: Error, Sendable {
    /// The offset of what cannot be read.
    public let offset: Int
}

extension BSONDocument {
    /// The document that `bytes` represent.
    /// - Throws: ``BSONError`` where they represent none.
    public init(encoded bytes: UnsafeRawBufferPointer) throws(BSONError) {
        var reader = BSONReader(bytes: bytes)
        self = try reader.document()
    }
}

/// Reads documents (bsonspec.org, version 1.1). Types that are not used here are read as their bytes.
struct BSONReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func document() throws(BSONError) -> BSONDocument {
        var document = BSONDocument()
        try elements { document.append($0, $1) }
        return document
    }

    private mutating func elements(_ body: (String, BSONValue) -> Void) throws(BSONError) {
        let start = offset
        let end = start + Int(try integer(Int32.self))
        guard end > offset, end <= bytes.count else { throw BSONError(offset: start) }
        while true {
            let type = try integer(UInt8.self)
            if type == 0 { break }
            let name = try name()
            body(name, try value(type))
        }
        guard offset == end else { throw BSONError(offset: offset) }
    }

    private mutating func value(_ type: UInt8) throws(BSONError) -> BSONValue {
        switch type {
        case 0x01: return .double(Double(bitPattern: UInt64(bitPattern: try integer(Int64.self))))
        case 0x02: return .string(try text())
        case 0x03: return .document(try document())
        case 0x04:
            var array: [BSONValue] = []
            try elements { _, value in array.append(value) }
            return .array(array)
        case 0x07: return .objectID(ObjectID(bytes: Array(try take(12))))
        case 0x08: return .bool(try integer(UInt8.self) != 0)
        case 0x09: return .date(Int(try integer(Int64.self)))
        case 0x0A: return .null
        case 0x10: return .int32(try integer(Int32.self))
        case 0x12: return .int64(Int(try integer(Int64.self)))
        default: return try other(type)
        }
    }

    /// A value of a type that is passed through.
    private mutating func other(_ type: UInt8) throws(BSONError) -> BSONValue {
        let start = offset
        switch type {
        case 0x05: _ = try take(Int(try integer(Int32.self)) + 1)
        case 0x06, 0x7F, 0xFF: break
        case 0x0B: (_, _) = (try name(), try name())
        case 0x0C:
            _ = try text()
            _ = try take(12)
        case 0x0D, 0x0E: _ = try text()
        case 0x0F: _ = try take(Int(try integer(Int32.self)) - 4)
        case 0x11: _ = try take(8)
        case 0x13: _ = try take(16)
        default: throw BSONError(offset: start)
        }
        return .other(type: type, bytes: Array(bytes[start..<offset]))
    }

    private mutating func text() throws(BSONError) -> String {
        let length = Int(try integer(Int32.self))
        guard length > 0 else { throw BSONError(offset: offset) }
        return String(decoding: try take(length).dropLast(), as: UTF8.self)
    }

    private mutating func name() throws(BSONError) -> String {
        guard let end = bytes[offset...].firstIndex(of: 0) else { throw BSONError(offset: offset) }
        defer { offset = end + 1 }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    private mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(BSONError) -> Value {
        let start = offset
        _ = try take(MemoryLayout<Value>.size)
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Value.self))
    }

    private mutating func take(_ count: Int) throws(BSONError) -> Slice<UnsafeRawBufferPointer> {
        guard count >= 0, count <= bytes.count - offset else { throw BSONError(offset: offset) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}

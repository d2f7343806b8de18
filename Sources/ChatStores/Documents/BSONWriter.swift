import ChatBridge

extension BSONDocument {
    /// The document as bytes.
    public var encoded: [UInt8] {
        var writer = BSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

/// Writes documents as bytes (bsonspec.org, version 1.1).
struct BSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ document: BSONDocument) {
        withLength { writer in
            for field in document.fields { writer.write(field.name, field.value) }
            writer.bytes.append(0)
        }
    }

    private mutating func write(_ name: String, _ value: BSONValue) {
        bytes.append(value.type)
        bytes += name.utf8
        bytes.append(0)
        switch value {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int32(let value): write(value)
        case .int64(let value), .date(let value): write(Int64(value))
        case .double(let value): write(Int64(bitPattern: value.bitPattern))
        case .string(let text):
            write(Int32(text.utf8.count + 1))
            bytes += text.utf8
            bytes.append(0)
        case .objectID(let id): bytes += id.bytes
        case .array(let elements):
            withLength { writer in
                for (index, element) in elements.enumerated() { writer.write(String(index), element) }
                writer.bytes.append(0)
            }
        case .document(let document): write(document)
        case .other(_, let raw): bytes += raw
        }
    }

    /// Writes what `body` writes, after its length with the four bytes of that.
    private mutating func withLength(_ body: (inout BSONWriter) -> Void) {
        let start = bytes.count
        write(Int32(0))
        body(&self)
        withUnsafeBytes(of: Int32(bytes.count - start).littleEndian) { length in
            bytes.replaceSubrange(start..<start + 4, with: length)
        }
    }

    private mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}

extension BSONValue {
    /// The number of the type.
    fileprivate var type: UInt8 {
        switch self {
        case .double: 0x01
        case .string: 0x02
        case .document: 0x03
        case .array: 0x04
        case .objectID: 0x07
        case .bool: 0x08
        case .date: 0x09
        case .null: 0x0A
        case .int32: 0x10
        case .int64: 0x12
        case .other(let type, _): type
        }
    }
}

extension ObjectID {
    /// Its twelve bytes.
    fileprivate var bytes: [UInt8] {
        let digits = Array(description.utf8)
        return stride(from: 0, to: 24, by: 2).map { Self.value(digits[$0]) << 4 | Self.value(digits[$0 + 1]) }
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}

public import JSON

/// Writes MessagePack (github.com/msgpack/msgpack, spec.md), each value in its shortest form.
public struct MessagePackWriter {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// Nothing is written.
    public init() {}

    /// Begins an array: its elements are written next.
    public mutating func beginArray(_ count: Int) { header(count, short: 0x90, upTo: 15, long: (0xDC, 0xDD)) }

    /// Begins a map: the names and values of its members are written next.
    public mutating func beginMap(_ count: Int) { header(count, short: 0x80, upTo: 15, long: (0xDE, 0xDF)) }

    /// Writes a text.
    public mutating func write(_ text: String) {
        let count = text.utf8.count
        if (32...255).contains(count) {
            bytes += [0xD9, UInt8(count)]
        } else {
            header(count, short: 0xA0, upTo: 31, long: (0xDA, 0xDB))
        }
        bytes += text.utf8
    }

    /// Writes an array of texts.
    public mutating func write(_ texts: [String]) {
        beginArray(texts.count)
        for text in texts { write(text) }
    }

    /// Writes a value, the members of an object in the order of their names.
    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(0xC0)
        case .bool(let value): bytes.append(value ? 0xC3 : 0xC2)
        case .integer(let value): write(value)
        case .number(let value): write(0xCB, value.bitPattern)
        case .string(let value): write(value)
        case .array(let elements):
            beginArray(elements.count)
            for element in elements { write(element) }
        case .object(let members):
            beginMap(members.count)
            for (name, value) in members.sorted {
                write(name)
                write(value)
            }
        }
    }

    /// Writes a whole number.
    public mutating func write(_ value: Int) {
        switch value {
        case 0...127: bytes.append(UInt8(value))
        case -32..<0: bytes.append(UInt8(bitPattern: Int8(value)))
        case 128...255: write(0xCC, UInt8(value))
        case 256...65_535: write(0xCD, UInt16(value))
        case 65_536...4_294_967_295: write(0xCE, UInt32(value))
        case 4_294_967_296...: write(0xCF, UInt64(value))
        case -128 ..< -32: write(0xD0, UInt8(bitPattern: Int8(value)))
        case -32_768 ..< -128: write(0xD1, UInt16(bitPattern: Int16(value)))
        case -2_147_483_648 ..< -32_768: write(0xD2, UInt32(bitPattern: Int32(value)))
        default: write(0xD3, UInt64(bitPattern: Int64(value)))
        }
    }

    private mutating func header(_ count: Int, short: UInt8, upTo limit: Int, long: (UInt8, UInt8)) {
        if count <= limit {
            bytes.append(short | UInt8(count))
        } else if count <= 65_535 {
            write(long.0, UInt16(count))
        } else {
            write(long.1, UInt32(count))
        }
    }

    /// A byte that says what follows, and a number with its most significant byte first.
    private mutating func write(_ type: UInt8, _ number: some FixedWidthInteger) {
        bytes.append(type)
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}

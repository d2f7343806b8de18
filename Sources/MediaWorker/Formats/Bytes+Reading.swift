extension Collection where Element == UInt8, Index == Int {
    /// Whether the bytes of `text` are at `offset` from the start.
    func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            text.indices.allSatisfy { self[startIndex + offset + $0] == text[$0] }
        }
    }

    /// The unsigned big-endian number of `length` bytes at `offset` from the start; `nil` beyond the end.
    func bigEndian(_ offset: Int, _ length: Int) -> Int? {
        guard offset >= 0, length <= 8, count - offset >= length else { return nil }
        var value: UInt64 = 0
        for index in 0..<length { value = value << 8 | UInt64(self[startIndex + offset + index]) }
        return Int(exactly: value)
    }

    /// The unsigned little-endian number of `length` bytes at `offset` from the start; `nil` beyond the end.
    func littleEndian(_ offset: Int, _ length: Int) -> Int? {
        guard offset >= 0, length <= 8, count - offset >= length else { return nil }
        var value: UInt64 = 0
        for index in (0..<length).reversed() { value = value << 8 | UInt64(self[startIndex + offset + index]) }
        return Int(exactly: value)
    }
}

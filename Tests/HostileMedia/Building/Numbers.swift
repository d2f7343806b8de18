/// The bytes of `value`, most significant first.
func big<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// The lower 24 bits of `value`, most significant byte first.
func big24(_ value: UInt32) -> [UInt8] { Array(big(value).dropFirst()) }

/// The bytes of `value`, least significant first.
func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] { big(value).reversed() }

func text(_ text: String) -> [UInt8] { Array(text.utf8) }

func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

/// `bytes` again and again.
func copies(_ count: Int, _ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count * bytes.count)
    for _ in 0..<count { result += bytes }
    return result
}

/// Appended one by one: a long chain of `+` takes the compiler too long.
func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

/// Bits as H.264 writes them, the most significant of a byte first.
struct BitString {
    private(set) var bits: [Bool] = []

    mutating func append(_ value: Int, _ width: Int) {
        for shift in (0..<width).reversed() { bits.append(value >> shift & 1 == 1) }
    }

    /// An Exp-Golomb code (ITU-T H.264, 9.1).
    mutating func appendGolomb(_ value: Int) {
        let width = (value + 1).bitWidth - (value + 1).leadingZeroBitCount
        append(0, width - 1)
        append(value + 1, width)
    }

    /// In bytes, the last filled with zeros.
    var bytes: [UInt8] { packed { 7 - $0 } }

    /// In bytes as Deflate packs them, the least significant bit first.
    var deflated: [UInt8] { packed { $0 } }

    private func packed(_ shift: (Int) -> Int) -> [UInt8] {
        var bytes = zeros((bits.count + 7) / 8)
        for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= 1 << UInt8(shift(index % 8)) }
        return bytes
    }
}

/// A way to damage a file.
public enum Mutation: String, Sendable, CaseIterable {
    /// Flips single bits.
    case bitFlips
    /// Replaces bytes by random ones.
    case noise
    /// Replaces bytes by boundary values: 0, the largest numbers, sign bits.
    case interestingBytes
    /// Truncates the file.
    case truncation
    /// Replaces the rest by a part of another file.
    case splice
    /// Duplicates a piece.
    case duplication
    /// Removes a piece.
    case removal
    /// Changes the size of a box, chunk or element.
    case boxSize
    /// Changes a count or offset in a table.
    case tableField
    /// Increases or decreases a number of 2, 4 or 8 bytes somewhere.
    case lengthField

    func apply(to bytes: inout [UInt8], other: [UInt8], using random: inout SeededGenerator) {
        guard bytes.count > 16 else { return }
        switch self {
        case .bitFlips:
            for _ in 0..<Int.random(in: 1...16, using: &random) {
                bytes[Self.place(in: bytes, &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        case .noise:
            for _ in 0..<Int.random(in: 1...16, using: &random) {
                bytes[Self.place(in: bytes, &random)] = .random(in: 0...255, using: &random)
            }
        case .interestingBytes:
            let number = Self.interestingNumber(&random)
            Self.overwrite(&bytes, at: Self.place(in: bytes, &random), number, Self.width(&random), &random)
        case .truncation: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
        case .splice:
            let end = Int.random(in: 0...bytes.count, using: &random)
            bytes = Array(bytes[..<end]) + Array(other.dropFirst(Int.random(in: 0...other.count, using: &random)))
        case .duplication:
            let piece = Self.piece(of: bytes, &random)
            bytes.insert(contentsOf: bytes[piece], at: piece.upperBound)
        case .removal: bytes.removeSubrange(Self.piece(of: bytes, &random))
        case .boxSize:
            guard let word = Self.structuralWord(in: bytes, &random) else { return }
            // ISO base media and PNG have the size before the type, RIFF has it after the type.
            let place = random.oneIn(4) ? word + 4 : word - 4
            Self.overwrite(&bytes, at: place, Self.interestingNumber(&random), 4, &random)
        case .tableField:
            guard let word = Self.structuralWord(in: bytes, &random) else { return }
            let place = word + 4 + 4 * Int.random(in: 0...8, using: &random)
            Self.overwrite(&bytes, at: place, Self.interestingNumber(&random), Self.width(&random), &random)
        case .lengthField: Self.nudge(&bytes, &random)
        }
    }

    private static func width(_ random: inout SeededGenerator) -> Int {
        [1, 2, 4, 8][Int.random(in: 0...3, using: &random)]
    }

    /// A random offset. Half of all offsets are near the start or the end, where headers and indices are.
    private static func place(in bytes: [UInt8], _ random: inout SeededGenerator) -> Int {
        let reach = min(4096, bytes.count)
        return switch Int.random(in: 0...3, using: &random) {
        case 0: Int.random(in: 0..<reach, using: &random)
        case 1: bytes.count - 1 - Int.random(in: 0..<reach, using: &random)
        default: Int.random(in: 0..<bytes.count, using: &random)
        }
    }

    private static func piece(of bytes: [UInt8], _ random: inout SeededGenerator) -> Range<Int> {
        let start = place(in: bytes, &random)
        let length = 1 << Int.random(in: 0...14, using: &random)
        return start..<min(start + length, bytes.count)
    }

    private static func interestingNumber(_ random: inout SeededGenerator) -> UInt64 {
        let numbers: [UInt64] = [
            0, 1, 2, 7, 8, 9, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x0FFF_FFFF,
            0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
            0xFFFF_FFFF_FFFF_FFFF,
        ]
        return numbers[Int.random(in: numbers.indices, using: &random)]
    }

    /// Writes the lowest `width` bytes of `number`, in either order.
    private static func overwrite(
        _ bytes: inout [UInt8], at place: Int, _ number: UInt64, _ width: Int, _ random: inout SeededGenerator
    ) {
        let isLittle = random.oneIn(3)
        for index in 0..<width where bytes.indices.contains(place + index) {
            let shift = 8 * (isLittle ? index : width - 1 - index)
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
        }
    }

    private static func nudge(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let width = width(&random)
        let place = place(in: bytes, &random)
        guard place + width <= bytes.count else { return }
        let number = bytes[place..<place + width].reduce(0) { $0 << 8 | UInt64($1) }
        let step = UInt64(1) << UInt64.random(in: 0..<UInt64(8 * width), using: &random)
        let changed = random.oneIn(2) ? number &+ step : number &- step
        for index in 0..<width {
            bytes[place + index] = UInt8(truncatingIfNeeded: changed >> UInt64(8 * (width - 1 - index)))
        }
    }

    /// The offset of four letters that look like the type of a box or chunk.
    private static func structuralWord(in bytes: [UInt8], _ random: inout SeededGenerator) -> Int? {
        for _ in 0..<64 {
            let start = place(in: bytes, &random)
            let end = min(start + 512, bytes.count - 4)
            guard start >= 4, start < end else { continue }
            if let found = (start..<end).first(where: { isWord(bytes[$0..<$0 + 4]) }) { return found }
        }
        return nil
    }

    private static func isWord(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    }
}

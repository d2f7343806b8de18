import FFmpeg

/// The content of an Exif segment: a TIFF file (CIPA DC-008, 4.5; TIFF 6.0, section 2).
struct ExifBlock {
    private static let locationTag = 0x8825
    private static let orientationTag: UInt8 = 0x12
    private static let maximumDirectories = 8
    private static let maximumEntries = 1024
    /// The size of one value of each type in bytes, from type 1 (BYTE) on.
    private static let typeSizes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

    private(set) var bytes: [UInt8]
    private let isLittle: Bool

    /// Parses `bytes`, without the prefix that JPEG requires; `nil` when they are not a TIFF file.
    init?(_ bytes: [UInt8]) {
        isLittle = bytes.has("II*\0")
        guard isLittle || bytes.has("MM\0*") else { return nil }
        self.bytes = bytes
    }

    /// Creates a block that contains only an orientation.
    init(_ orientation: Orientation) {
        isLittle = false
        bytes = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1]
        bytes += [1, Self.orientationTag, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation.rawValue), 0, 0, 0, 0, 0, 0]
    }

    /// Removes the GPS directory: its values and entries are zeroed, and the entry that refers to it is removed. Everything else keeps
    /// its offset, because maker notes depend on it. Returns `false` when the block is malformed, so that it is not certain that
    /// everything was removed.
    mutating func removeLocation() -> Bool {
        var next = number(4, 4)
        for _ in 0..<Self.maximumDirectories {
            guard let directory = next else { return false }
            guard directory != 0 else { return true }
            while let entry = entries(directory)?.first(where: { number($0, 2) == Self.locationTag }) {
                // Removed before it is zeroed: damaged directories may overlap.
                let location = number(entry + 8, 4)
                remove(entry, from: directory)
                guard let location, blank(directory: location) else { return false }
            }
            guard let count = number(directory, 2), entries(directory) != nil else { return false }
            // Some writers omit the offset of the next directory.
            guard directory + 2 + 12 * count + 4 <= bytes.count else { return true }
            next = number(directory + 2 + 12 * count, 4)
        }
        return false
    }

    private func number(_ offset: Int, _ length: Int) -> Int? {
        isLittle ? bytes.littleEndian(offset, length) : bytes.bigEndian(offset, length)
    }

    /// The offsets of a directory's entries; `nil` when it is not within the block.
    private func entries(_ directory: Int) -> [Int]? {
        guard let count = number(directory, 2), count <= Self.maximumEntries,
            directory + 2 + 12 * count <= bytes.count
        else { return nil }
        return (0..<count).map { directory + 2 + 12 * $0 }
    }

    private mutating func blank(directory: Int) -> Bool {
        guard let entries = entries(directory) else { return false }
        for entry in entries {
            guard let type = number(entry + 2, 2), let count = number(entry + 4, 4), let offset = number(entry + 8, 4),
                (1...Self.typeSizes.count).contains(type)
            else { return false }
            let length = count * Self.typeSizes[type - 1]
            guard length > 4 else { continue }
            guard offset + length <= bytes.count else { return false }
            zero(offset..<offset + length)
        }
        zero(directory..<directory + 2 + 12 * entries.count)
        return true
    }

    /// Removes an entry from its directory and moves the following ones up.
    private mutating func remove(_ entry: Int, from directory: Int) {
        guard let count = number(directory, 2) else { return }
        let end = min(directory + 2 + 12 * count + 4, bytes.count)
        let rest = Array(bytes[(entry + 12)..<end])
        bytes.replaceSubrange(entry..<entry + rest.count, with: rest)
        zero(entry + rest.count..<end)
        let left = count - 1
        bytes[directory] = UInt8(isLittle ? left & 255 : left >> 8)
        bytes[directory + 1] = UInt8(isLittle ? left >> 8 : left & 255)
    }

    private mutating func zero(_ range: Range<Int>) {
        bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
    }
}

/// An element of EBML (RFC 8794): its identifier, its size in eight bytes, its content.
func element(_ identifier: UInt32, _ content: [UInt8]...) -> [UInt8] {
    let content = content.flatMap { $0 }
    return significant(identifier) + big(UInt64(content.count) | 0x0100_0000_0000_0000) + content
}

/// An element of unknown size.
func endlessElement(_ identifier: UInt32, _ content: [UInt8] = []) -> [UInt8] {
    significant(identifier) + [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + content
}

/// An element with a declared size of `size` bytes.
func elementWithWrongSize(_ identifier: UInt32, size: UInt64, _ content: [UInt8] = []) -> [UInt8] {
    significant(identifier) + big(size | 0x0100_0000_0000_0000) + content
}

private func significant(_ identifier: UInt32) -> [UInt8] { Array(big(identifier).drop { $0 == 0 }) }

/// A small Matroska file, the parts of which can be made wrong.
struct Matroska {
    static let head = element(
        0x1A45_DFA3, element(0x4282, text("matroska")), element(0x4287, [4]), element(0x4285, [2]))

    var timecodeScale = big(UInt64(1_000_000))
    var duration = big((1000.0 as Double).bitPattern)
    var tracks: [[UInt8]]
    var clusters: [[UInt8]]
    var extras: [UInt8] = []

    static func pictureTrack(_ number: UInt8 = 1, width: UInt32 = 480, height: UInt32 = 320) -> [UInt8] {
        element(
            0xAE, element(0xD7, [number]), element(0x73C5, [number]), element(0x83, [1]),
            element(0x86, text("V_MJPEG")),
            element(0xE0, element(0xB0, big(width)), element(0xBA, big(height))))
    }

    /// A cluster with one block of each of `data` at the given times, in units of the timecode scale.
    static func cluster(at start: UInt64 = 0, _ data: [UInt8], times: [Int16]) -> [UInt8] {
        element(
            0x1F43_B675, element(0xE7, big(start)),
            times.flatMap { element(0xA3, [0x81], big(UInt16(bitPattern: $0)), [0x80], data) })
    }

    /// A file that shows `jpeg` ten times in a second.
    static func pictures(_ jpeg: [UInt8]) -> Matroska {
        Matroska(
            tracks: [pictureTrack()], clusters: [cluster(jpeg, times: (0..<10).map { Int16(100 * $0) })])
    }

    func changed(_ change: (inout Matroska) -> Void) -> Matroska {
        var file = self
        change(&file)
        return file
    }

    var content: [UInt8] {
        element(0x1549_A966, element(0x2AD7B1, timecodeScale), element(0x4489, duration))
            + element(0x1654_AE6B, tracks.flatMap { $0 }) + extras + clusters.flatMap { $0 }
    }

    /// All of it.
    var bytes: [UInt8] { Self.head + element(0x1853_8067, content) }
}

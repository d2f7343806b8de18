/// The frames of AMR and AMR-WB files (RFC 4867, section 5).
enum AMRFrames {
    /// The number of bytes that follow a frame's header, by its type; -1 for types that do not exist.
    private static let narrow = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, -1, -1, -1, 0]
    private static let wide = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0]
    /// More consecutive frames than a text can resemble.
    private static let minimumFrames = 3

    /// Whether a frame follows the file's signature.
    static func begin(_ head: [UInt8]) -> Bool {
        guard let start = start(head) else { return false }
        return length(head, at: start.offset, start.lengths) != nil
    }

    /// Whether only frames follow the signature, and several of them.
    static func fill(_ head: [UInt8]) -> Bool {
        guard let start = start(head) else { return false }
        var (offset, frames) = (start.offset, 0)
        while offset < head.count {
            guard let length = length(head, at: offset, start.lengths) else { return false }
            offset += length
            frames += 1
        }
        return frames >= minimumFrames
    }

    private static func start(_ head: [UInt8]) -> (offset: Int, lengths: [Int])? {
        head.has("#!AMR\n") ? (6, narrow) : head.has("#!AMR-WB\n") ? (9, wide) : nil
    }

    private static func length(_ head: [UInt8], at offset: Int, _ lengths: [Int]) -> Int? {
        // The other bits of the header, but for the quality bit, are zero.
        guard offset < head.count, head[offset] & 0x83 == 0 else { return nil }
        let length = lengths[Int(head[offset] >> 3)]
        return length < 0 ? nil : 1 + length
    }
}

/// A list of comments (Ogg Vorbis I, section 5; RFC 7845, section 5.2).
enum VorbisComments {
    /// The list in `bytes` without those that name a place, and behind it what followed; `nil` where it is not understood.
    static func withoutPlace(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard let vendor = bytes.littleEndian(0, 4), let count = bytes.littleEndian(4 + vendor, 4),
            count <= bytes.count / 4
        else { return nil }
        var position = 8 + vendor
        var (kept, keptCount): ([UInt8], Int) = ([], 0)
        for _ in 0..<count {
            guard let length = bytes.littleEndian(position, 4), position + 4 + length <= bytes.count else { return nil }
            let start = bytes.startIndex + position
            let comment = bytes[start + 4..<start + 4 + length]
            if !BaseMediaPolicy.isPlace(comment.prefix { $0 != UInt8(ascii: "=") }) {
                kept += bytes[start..<start + 4 + length]
                keptCount += 1
            }
            position += 4 + length
        }
        let number = (0..<4).map { UInt8(keptCount >> (8 * $0) & 255) }
        return bytes.prefix(4 + vendor) + number + kept + bytes.dropFirst(position)
    }
}

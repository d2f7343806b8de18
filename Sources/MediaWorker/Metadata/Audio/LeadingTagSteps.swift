/// Overwrites the tags that audio begins with (ID3v2, APEv2): they keep their length, and what follows its place.
struct LeadingTagSteps: FilterSteps {
    private static let maximumTags = 64
    /// The maximum length of a tag that is edited, in bytes; a longer one is emptied.
    private static let maximumTag = 1 << 20

    private enum State {
        case tag, head
        /// A tag that may be APEv2, behind its first bytes.
        case apeHead([UInt8])
        /// The frames of an ID3 tag of that version.
        case frames(version: Int)
        case ended
    }

    private let removesAll: Bool
    private var state = State.tag
    private var tags = 0
    private(set) var isClean = true

    init(_ removal: MetadataRemoval) { removesAll = removal == .all }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .tag:
            state = .head
            return .collect(10)
        case .head: return head(bytes, &output)
        case .apeHead(let first): return apeHead(first + bytes, &output)
        case .frames(let version):
            state = .tag
            let kept = ID3Frames.withoutPlace(bytes, version: version)
            output.write(kept)
            output.blank(bytes.count - kept.count)
            return .pass(0)
        case .ended: return .pass(.max)
        }
    }

    private mutating func head(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        tags += 1
        if tags <= Self.maximumTags, bytes.has("APETAGEX") {
            state = .apeHead(bytes)
            return .collect(22)
        }
        var tag = LeadingTags()
        guard tags <= Self.maximumTags, !tag.skip(bytes), tag.offset >= 10 else { return audio(bytes, &output) }
        let hasFooter = bytes[3] == 4 && bytes[5] & 0x10 != 0
        output.write(bytes[..<5] + [hasFooter ? 0x10 : removesAll ? 0 : bytes[5] & 0x20] + bytes[6...])
        let length = tag.offset - 10
        state = .tag
        guard !removesAll, bytes[5] == 0, length <= Self.maximumTag, length > 0 else { return .blank(length) }
        state = .frames(version: Int(bytes[3]))
        return .collect(length)
    }

    private mutating func apeHead(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        var tag = LeadingTags()
        guard !tag.skip(bytes), tag.offset >= bytes.count else { return audio(bytes, &output) }
        state = .tag
        guard removesAll else {
            // Its items are not examined.
            isClean = false
            output.write(bytes)
            return .pass(tag.offset - bytes.count)
        }
        // A tag without items.
        output.write(bytes[..<16] + [0, 0, 0, 0] + bytes[20...])
        return .blank(tag.offset - bytes.count)
    }

    private mutating func audio(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        // What follows tags is examined no further.
        if ["fLaC", "OggS", "RIFF"].contains(String(decoding: bytes[..<4], as: UTF8.self)) { isClean = false }
        output.write(bytes)
        // Padding may stand between tags.
        state = tags > 1 && tags <= Self.maximumTags && bytes.allSatisfy { $0 == 0 } ? .tag : .ended
        return .pass(0)
    }
}

/// The frames of an ID3v2 tag (ID3v2.2 to 2.4).
enum ID3Frames {
    /// The frames but those that name a place or contain anything; empty where their structure is not understood.
    static func withoutPlace(_ bytes: [UInt8], version: Int) -> [UInt8] {
        let (nameLength, headerLength) = version == 2 ? (3, 6) : (4, 10)
        var (kept, position): ([UInt8], Int) = ([], 0)
        while position + headerLength <= bytes.count, bytes[position] != 0 {
            let sizeBytes = bytes[position + nameLength..<position + 2 * nameLength]
            if version == 4, sizeBytes.contains(where: { $0 > 127 }) { return [] }
            let bits = version == 4 ? 7 : 8
            let size = sizeBytes.reduce(0) { $0 << bits | Int($1) }
            let end = position + headerLength + size
            guard size >= 0, end <= bytes.count else { return [] }
            let name = String(decoding: bytes[position..<position + nameLength], as: UTF8.self)
            let isContainer = ["PRIV", "GEOB", "GEO"].contains(name)
            // A description may be UTF-16.
            let text = bytes[position + headerLength..<min(end, position + headerLength + 256)].filter { $0 != 0 }
            let isPlace = (name.hasPrefix("TXX") || name.hasPrefix("COM")) && BaseMediaPolicy.isPlace(text)
            if !isContainer && !isPlace { kept += bytes[position..<end] }
            position = end
        }
        return kept
    }
}

/// Removes metadata from a FLAC file (RFC 9639, section 8): blocks become padding of the same length.
struct FLACMetadataSteps: FilterSteps {
    private static let (padding, application, comments, cueSheet, picture): (UInt8, UInt8, UInt8, UInt8, UInt8) =
        (1, 2, 4, 5, 6)
    /// The maximum length of comments that are edited, in bytes; longer ones become padding.
    private static let maximumComments = 1 << 20

    private enum State {
        case signature, between, header
        case comments([UInt8])
        case ended
    }

    private let removesAll: Bool
    private var state = State.signature
    let isClean = true

    init(_ removal: MetadataRemoval) { removesAll = removal == .all }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .signature:
            state = .between
            return .pass(4)
        case .between:
            state = .header
            return .collect(4)
        case .header:
            let isLast = bytes[0] & 0x80 != 0
            let length = bytes.bigEndian(1, 3) ?? 0
            state = isLast ? .ended : .between
            switch bytes[0] & 0x7F {
            case Self.comments where !removesAll && length <= Self.maximumComments && length > 0:
                state = .comments(bytes)
                return .collect(length)
            case Self.picture where !removesAll, Self.cueSheet where !removesAll:
                output.keep(bytes)
                return .pass(length)
            case Self.padding, Self.application, Self.comments, Self.picture, Self.cueSheet:
                output.write([bytes[0] & 0x80 | Self.padding] + bytes[1...])
                return .blank(length)
            default:
                output.keep(bytes)
                return .pass(length)
            }
        case .comments(let header):
            write(header, bytes, &output)
            state = header[0] & 0x80 != 0 ? .ended : .between
            return .pass(0)
        case .ended: return .pass(.max)
        }
    }

    /// Comments that were edited, and padding in place of what is missing.
    private func write(_ header: [UInt8], _ bytes: [UInt8], _ output: inout FilterOutput) {
        let kept = VorbisComments.withoutPlace(bytes[...]) ?? [UInt8](repeating: 0, count: bytes.count)
        let isKnown = VorbisComments.withoutPlace(bytes[...]) != nil
        guard isKnown, kept.count < bytes.count else {
            output.write(isKnown ? header : [header[0] & 0x80 | Self.padding] + header[1...])
            output.write(kept)
            return
        }
        output.write([Self.comments] + Self.number(kept.count) + kept)
        let rest = max(bytes.count - kept.count - 4, 0)
        output.write([header[0] & 0x80 | Self.padding] + Self.number(rest))
        output.blank(rest)
    }

    private static func number(_ value: Int) -> [UInt8] { [2, 1, 0].map { UInt8(value >> (8 * $0) & 255) } }
}

/// Removes the comments from an Ogg file (RFC 3533). Every byte keeps its place; the checksums of changed pages are computed again.
struct OggMetadataSteps: FilterSteps {
    private static let headerLength = 27
    private static let beginsStream: UInt8 = 2
    private static let maximumStreams = 64

    private enum State {
        case between, header
        case segments([UInt8])
        /// The content of a page, behind its header and segments.
        case body([UInt8])
        case ended
    }

    private let removesAll: Bool
    private var state = State.between
    /// By the serial numbers.
    private var streams: [Int: OggStream] = [:]
    private(set) var isClean = true

    init(_ removal: MetadataRemoval) { removesAll = removal == .all }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .between:
            state = .header
            return .collect(Self.headerLength)
        case .header:
            guard bytes.has("OggS") else {
                // What follows is not understood.
                isClean = false
                output.keep(bytes)
                state = .ended
                return .pass(.max)
            }
            state = .segments(bytes)
            return bytes[26] > 0 ? .collect(Int(bytes[26])) : .pass(0)
        case .segments(let header):
            let length = bytes.reduce(0) { $0 + Int($1) }
            let isFirst = header[5] & Self.beginsStream != 0
            if length > 0, isFirst || streams[Self.serial(header)]?.isDone == false {
                state = .body(header + bytes)
                return .collect(length)
            }
            output.write(header + bytes)
            state = .between
            return .pass(length)
        case .body(let header):
            output.write(page(header, bytes))
            state = .between
            return .pass(0)
        case .ended: return .pass(.max)
        }
    }

    private static func serial(_ header: [UInt8]) -> Int { header.littleEndian(14, 4) ?? 0 }

    private mutating func page(_ header: [UInt8], _ body: [UInt8]) -> [UInt8] {
        let serial = Self.serial(header)
        if header[5] & Self.beginsStream != 0 {
            guard streams[serial] != nil || streams.count < Self.maximumStreams else {
                isClean = false
                return header + body
            }
            let stream = OggStream(body, removesAll: removesAll)
            if !stream.isKnown { isClean = false }
            streams[serial] = stream
        }
        var edited = body
        streams[serial]?.edit(&edited, segments: Array(header[Self.headerLength...]))
        guard edited != body else { return header + body }
        var page = header + edited
        OggCRC.set(&page)
        return page
    }
}

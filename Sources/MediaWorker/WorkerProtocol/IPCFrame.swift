/// What the service and a worker process say to each other: a kind, and bytes whose meaning follows from it.
struct IPCFrame: Equatable {
    /// What a frame says.
    enum Kind: UInt8 {
        /// To the worker, once: how it is to be confined (``SandboxConfiguration``).
        case terms = 1
        /// To the worker: a file to inspect (``InspectionRequest``), with its descriptor beside it unless it is to be asked for.
        case job = 2
        /// To the worker: bytes that it asked for.
        case bytes = 3
        /// To the worker: why the bytes that it asked for cannot be had (``RangeFailure``).
        case noBytes = 4
        /// From the worker, once: it is confined and waits for jobs.
        case ready = 16
        /// From the worker, once: why it cannot be confined, in words.
        case unfit = 17
        /// From the worker: what it found (``Answer``).
        case found = 18
        /// From the worker: why the file is not taken (``Answer``).
        case refused = 19
        /// From the worker: a range that it needs (``RangeRequest``).
        case ask = 20
        /// Only in debug builds: to the worker, something forbidden to try; from it, what came of it.
        case attempt = 32, attempted = 33

        /// The most bytes that may follow.
        var maximumLength: Int {
            switch self {
            case .job: 4 << 20
            case .terms, .noBytes, .unfit, .refused, .attempt, .attempted: 16 << 10
            case .bytes: RangeRequest.maximumCount
            case .ready: 0
            case .found: InspectionResponse.maximumLength
            case .ask: RangeRequest.length
            }
        }
    }

    var kind: Kind
    var payload: [UInt8] = []

    /// Kind and length.
    static let headerLength = 5

    /// The frame as it travels: its kind, the number of bytes that follow (little endian), and those.
    var encoded: [UInt8] { [kind.rawValue] + UInt32(payload.count).littleEndianBytes + payload }

    /// What a header announces. Throws when nobody says such a thing, or never at such length.
    static func announced(by header: [UInt8]) throws(IPCError) -> (kind: Kind, length: Int) {
        guard header.count == headerLength, let kind = Kind(rawValue: header[0]) else {
            throw .malformed("a frame of an unknown kind")
        }
        let length = Int(UInt32(littleEndianBytes: header[1...]))
        guard length <= kind.maximumLength else { throw .malformed("a frame of \(length) bytes") }
        return (kind, length)
    }
}

extension FixedWidthInteger {
    /// The number's bytes, the lowest first.
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }

    /// The number whose bytes these are, the lowest first; there must be as many as it has.
    init(littleEndianBytes bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.bitWidth / 8)
        self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}

/// A message between the service and a worker process: a kind, and bytes whose meaning depends on it.
struct IPCFrame: Equatable {
    /// What a frame means.
    enum Kind: UInt8 {
        /// To the worker, once: how it is confined (``SandboxConfiguration``).
        case configuration = 1
        /// To the worker: a file to inspect (``InspectionRequest``), with its descriptor beside it unless its bytes have to
        /// be requested.
        case job = 2
        /// To the worker: bytes that it requested.
        case bytes = 3
        /// To the worker: why bytes that it requested cannot be read (``RangeFailure``).
        case rangeFailure = 4
        /// To the worker: a rendition to make (``TranscodeOrder``).
        case transcode = 5
        /// From the worker, once: it is confined and waits for jobs.
        case ready = 16
        /// From the worker, once: why it cannot be confined.
        case sandboxUnavailable = 17
        /// From the worker: what it found (``InspectionResponse``).
        case inspection = 18
        /// From the worker: why the file is rejected (``InspectionResponse``).
        case rejection = 19
        /// From the worker: a range that it needs (``RangeRequest``).
        case rangeRequest = 20
        /// From the worker: bytes of a rendition, behind their offset in it (64 bits, little endian).
        case output = 21
        /// From the worker: how much of the source was read, in ten-thousandths (32 bits, little endian).
        case progress = 22
        /// From the worker: the rendition is complete (``Transcoding``).
        case transcoding = 23
        /// Only in debug builds: to the worker, a forbidden operation to try; from it, the outcome.
        case probe = 32, probeOutcome = 33

        /// The maximum length of the payload, in bytes.
        var maximumLength: Int {
            switch self {
            case .job: 4 << 20
            case .configuration, .rangeFailure, .sandboxUnavailable, .rejection, .probe, .probeOutcome, .transcode,
                .transcoding:
                16 << 10
            case .output: 8 + (256 << 10)
            case .progress: 4
            case .bytes: 256 << 10
            case .ready: 0
            case .inspection: 64 << 20
            case .rangeRequest: 12
            }
        }
    }

    var kind: Kind
    var payload: [UInt8] = []

    /// The length of kind and payload length, in bytes.
    static let headerLength = 5

    /// The encoded frame: its kind, the length of the payload (32 bits, little endian), and the payload.
    var encoded: [UInt8] { [kind.rawValue] + UInt32(payload.count).littleEndianBytes + payload }

    /// Parses a header.
    /// - Throws: ``IPCError/malformed(_:)`` for an unknown kind, or a payload that is longer than its kind allows.
    static func parse(header: [UInt8]) throws(IPCError) -> (kind: Kind, length: Int) {
        guard header.count == headerLength, let kind = Kind(rawValue: header[0]) else {
            throw .malformed("a frame of an unknown kind")
        }
        let length = Int(UInt32(littleEndianBytes: header[1...]))
        guard length <= kind.maximumLength else { throw .malformed("a frame of \(length) bytes") }
        return (kind, length)
    }
}

extension FixedWidthInteger {
    /// The bytes of the number, the least significant first.
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }

    /// Creates a number from its bytes, the least significant first; there must be as many as the type has.
    init(littleEndianBytes bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.bitWidth / 8)
        self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}

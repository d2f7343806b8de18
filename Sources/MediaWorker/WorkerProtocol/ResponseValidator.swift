import FFmpeg
import MediaModel

/// What an honest worker can answer to an order. One whose decoder was taken over by a file can answer anything.
struct ResponseValidator {
    /// The most bytes of a JPEG for each of its pixels, at the best quality, and what its tables take.
    private static let (bytesForPixel, bytesForTables) = (4, 64 << 10)
    /// The largest size that anything shows.
    private static let largest = 1 << 24

    let order: InspectionOrder
    private var policy: MediaPolicy { order.policy }

    /// Throws unless the policy could have led to `inspection`.
    func check(_ inspection: Inspection) throws(IPCError) {
        try checkFormat(inspection)
        try checkTime(inspection)
        try checkStreams(inspection.streams)
        if let size = inspection.dimensions {
            try require(inspection.kind == .video || inspection.kind == .image, "a size of what is not seen")
            try require(isSane(size), "a size of \(size)")
        }
        if let thumbnail = inspection.thumbnail { try check(thumbnail, of: inspection.kind) }
        if let hash = inspection.blurHash {
            try require(inspection.thumbnail != nil && BlurHash.isWellFormed(hash), "a BlurHash of no picture")
        }
        if let peaks = inspection.waveform { try check(peaks, of: inspection.kind) }
        if let end = inspection.indexedEnd { try require(end >= 0, "an end before the start") }
        if let end = inspection.pictureEnd {
            try require(inspection.container == "jpeg" && (0...order.size).contains(end), "an end of no picture")
        }
    }

    /// Throws unless a worker may say `error`.
    func check(_ error: MediaError) throws(IPCError) {
        try require(Self.codes.contains(error.code), "a refusal of another's")
        for number in [error.duration, error.limit].compactMap({ $0 }) {
            try require(number.isFinite && number >= 0, "a number that is none")
        }
    }

    /// The codes of refusals that come of inspecting: the others are for the service to say.
    private static let codes: Set<MediaError.Code> = [
        .empty, .unsupported, .unreadable, .truncated, .tooLong, .tooLarge, .tooManyPixels, .tooManyStreams,
        .tooComplex, .wrongKind, .deadline, .incomplete, .outOfMemory, .internal,
    ]

    private func checkFormat(_ inspection: Inspection) throws(IPCError) {
        try require(policy.kinds.contains(inspection.kind), "a kind that is not taken")
        let format = DocumentType(mimeType: inspection.mimeType, fileExtension: inspection.fileExtension)
        if let encoding = inspection.textEncoding {
            try require(
                inspection.kind == .document && [DocumentType(encoding), .unknown].contains(format),
                "a text of another type")
        }
        guard inspection.kind != .document else {
            return try require(
                inspection.container == "file" && DocumentType.known.contains(format), "a document of type \(format)")
        }
        guard let container = MediaFormat(rawValue: inspection.container) else {
            throw .malformed("a format that does not exist")
        }
        try require(policy.accepts(container, as: inspection.kind), "a format that is not taken")
        try require(format == DocumentType(container, inspection.kind), "a type that is not the format's")
    }

    private func checkTime(_ inspection: Inspection) throws(IPCError) {
        guard let duration = inspection.duration else { return }
        let plays = inspection.kind == .video || inspection.kind == .audio
        let limit = policy.maximumDuration.map { $0 + policy.durationTolerance } ?? Inspection.longestDuration
        try require(plays && duration.isFinite && duration >= 0 && duration <= limit, "\(duration) s")
    }

    private func checkStreams(_ streams: [StreamSummary]) throws(IPCError) {
        // A container that names its streams late can have one more by the end.
        try require(streams.count <= policy.maximumStreams + 1, "\(streams.count) streams")
        for stream in streams {
            try require(["video", "audio", "picture", "other"].contains(stream.type), "a stream of another type")
            try require(stream.dimensions.map { isSane($0, least: 0) } ?? true, "a stream's size")
            try require([nil, 0, 90, 180, 270].contains(stream.rotation), "a rotation")
            try require((0...1024).contains(stream.channels ?? 0), "a number of channels")
            try require((0...Self.largest).contains(stream.sampleRate ?? 0), "a sample rate")
        }
    }

    private func check(_ thumbnail: [UInt8], of kind: MediaKind) throws(IPCError) {
        guard let side = policy.thumbnail?.longestSide, kind == .video || kind == .image, order.depth != .head else {
            throw .malformed("a picture that nobody asked for")
        }
        let limit = Self.bytesForPixel * side * side + Self.bytesForTables
        try require(thumbnail.count <= limit, "a picture of \(thumbnail.count) bytes")
        try require(
            thumbnail.starts(with: [0xFF, 0xD8, 0xFF]) && thumbnail.suffix(2) == [0xFF, 0xD9], "a picture of no format")
        guard let header = ImageHeader(jpeg: thumbnail), header.width > 0, header.height > 0 else {
            throw .malformed("a picture without a size")
        }
        try require(max(header.width, header.height) <= side, "a picture of \(header.width) × \(header.height)")
    }

    private func check(_ peaks: [Float], of kind: MediaKind) throws(IPCError) {
        try require(kind == .audio && order.depth != .head, "a waveform that nobody asked for")
        try require(peaks.count == policy.waveform?.buckets, "\(peaks.count) peaks")
        try require(peaks.allSatisfy { (0...1).contains($0) }, "a peak beyond [0, 1]")
    }

    private func isSane(_ size: Dimensions, least: Int = 1) -> Bool {
        (least...Self.largest).contains(size.width) && (least...Self.largest).contains(size.height)
    }

    private func require(_ isTrue: Bool, _ lie: @autoclosure () -> String) throws(IPCError) {
        guard isTrue else { throw .malformed(lie()) }
    }
}

extension DocumentType {
    /// How a file of `container` is stored when it carries `kind`.
    init(_ container: MediaFormat, _ kind: MediaKind) {
        self.init(mimeType: container.mimeType(kind), fileExtension: container.fileExtension(kind))
    }

    /// Every type that a file which is not opened can be stored as.
    static let known =
        sniffed + MediaFormat.allCases.map { DocumentType($0, $0.certainKind ?? .video) }
}

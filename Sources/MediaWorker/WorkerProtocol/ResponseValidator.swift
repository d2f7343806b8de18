import FFmpeg
import MediaModel

/// Checks a worker's response against what a correct worker can answer to an order: a worker whose decoder was taken over by a
/// file can answer anything.
struct ResponseValidator {
    /// The maximum number of bytes of a JPEG for each of its pixels, at the best quality.
    private static let bytesPerPixel = 4
    /// The maximum number of bytes of a JPEG beside its pixels.
    private static let bytesForTables = 64 << 10
    /// The maximum width, height and sample rate.
    private static let maximumNumber = 1 << 24

    let order: InspectionOrder
    private var policy: MediaPolicy { order.policy }

    /// Checks an inspection.
    /// - Throws: ``IPCError/malformed(_:)`` unless the order can have led to it.
    func validate(_ inspection: Inspection) throws(IPCError) {
        try validateFormat(inspection)
        try validateDuration(inspection)
        try validateStreams(inspection.streams)
        if let size = inspection.dimensions {
            try require(inspection.kind == .video || inspection.kind == .image, "a size of audio or a document")
            try require(isPlausible(size), "a size of \(size)")
        }
        if let picture = inspection.picture {
            try require(inspection.kind == .image, "properties of no picture")
            try require((1...PictureProperties.maximumDensity).contains(picture.density ?? 1), "a density")
        }
        if let thumbnail = inspection.thumbnail { try validate(thumbnail, of: inspection.kind) }
        if let hash = inspection.blurHash {
            try require(inspection.thumbnail != nil && BlurHash.isWellFormed(hash), "a BlurHash of no thumbnail")
        }
        if let peaks = inspection.waveform { try validate(peaks, of: inspection.kind) }
        if let end = inspection.indexedEnd { try require(end >= 0, "a negative end of the index") }
        if let end = inspection.pictureEnd {
            try require(inspection.container == "jpeg" && (0...order.size).contains(end), "an end of no picture")
        }
    }

    /// Checks an error.
    /// - Throws: ``IPCError/malformed(_:)`` unless a worker may report it.
    func validate(_ error: MediaError) throws(IPCError) {
        try require(Self.codes.contains(error.code), "an error that workers do not report")
        for number in [error.duration, error.limit].compactMap({ $0 }) {
            try require(number.isFinite && number >= 0, "an invalid number")
        }
    }

    /// The codes of errors that an inspection can have; the service alone reports others.
    private static let codes: Set<MediaError.Code> = [
        .empty, .unsupported, .unreadable, .truncated, .tooLong, .tooLarge, .tooManyPixels, .tooManyStreams,
        .tooComplex, .wrongKind, .deadline, .incomplete, .outOfMemory, .internal,
    ]

    private func validateFormat(_ inspection: Inspection) throws(IPCError) {
        try require(policy.kinds.contains(inspection.kind), "a kind that is not accepted")
        let type = DocumentType(mimeType: inspection.mimeType, fileExtension: inspection.fileExtension)
        if let encoding = inspection.textEncoding {
            try require(
                inspection.kind == .document && [DocumentType(encoding), .unknown].contains(type),
                "a text of another type")
        }
        guard inspection.kind != .document else {
            return try require(
                inspection.container == "file" && DocumentType.known.contains(type), "a document of type \(type)")
        }
        guard let format = MediaFormat(rawValue: inspection.container) else { throw .malformed("an unknown format") }
        try require(policy.accepts(format, as: inspection.kind), "a format that is not accepted")
        try require(type == DocumentType(format, inspection.kind), "a type that is not the format's")
    }

    private func validateDuration(_ inspection: Inspection) throws(IPCError) {
        guard let duration = inspection.duration else { return }
        let hasDuration = inspection.kind == .video || inspection.kind == .audio
        let limit =
            policy.durationLimit(of: inspection.kind).map { $0.value + policy.durationTolerance }
            ?? Inspection.longestDuration
        try require(hasDuration && duration.isFinite && duration >= 0 && duration <= limit, "\(duration) s")
    }

    private func validateStreams(_ streams: [StreamSummary]) throws(IPCError) {
        // A container that names its streams late can have one more by the end.
        try require(streams.count <= policy.maximumStreams + 1, "\(streams.count) streams")
        for stream in streams {
            try require(["video", "audio", "picture", "other"].contains(stream.type), "a stream of an unknown type")
            try require(stream.dimensions.map { isPlausible($0, minimum: 0) } ?? true, "the size of a stream")
            try require([nil, 0, 90, 180, 270].contains(stream.rotation), "a rotation")
            try require((0...1024).contains(stream.channels ?? 0), "a number of channels")
            try require((0...Self.maximumNumber).contains(stream.sampleRate ?? 0), "a sample rate")
        }
    }

    private func validate(_ thumbnail: [UInt8], of kind: MediaKind) throws(IPCError) {
        guard let side = policy.thumbnail?.longestSide, kind == .video || kind == .image, order.depth != .head else {
            throw .malformed("a thumbnail that was not requested")
        }
        let limit = Self.bytesPerPixel * side * side + Self.bytesForTables
        try require(thumbnail.count <= limit, "a thumbnail of \(thumbnail.count) bytes")
        try require(
            thumbnail.starts(with: [0xFF, 0xD8, 0xFF]) && thumbnail.suffix(2) == [0xFF, 0xD9],
            "a thumbnail that is no JPEG")
        guard let header = ImageHeader(jpeg: thumbnail), header.width > 0, header.height > 0 else {
            throw .malformed("a thumbnail without a size")
        }
        try require(max(header.width, header.height) <= side, "a thumbnail of \(header.width) × \(header.height)")
    }

    private func validate(_ peaks: [Float], of kind: MediaKind) throws(IPCError) {
        try require(kind == .audio && order.depth != .head, "a waveform that was not requested")
        try require(peaks.count == policy.waveform?.buckets, "\(peaks.count) peaks")
        try require(peaks.allSatisfy { (0...1).contains($0) }, "a peak outside [0, 1]")
    }

    private func isPlausible(_ size: Dimensions, minimum: Int = 1) -> Bool {
        let range = minimum...Self.maximumNumber
        return range.contains(size.width) && range.contains(size.height)
    }

    private func require(_ isTrue: Bool, _ violation: @autoclosure () -> String) throws(IPCError) {
        guard isTrue else { throw .malformed(violation()) }
    }
}

extension DocumentType {
    /// Every type under which a document can be stored.
    static let known =
        sniffed + MediaFormat.allCases.map { DocumentType($0, $0.certainKind ?? .video) }
}

import Bytes
import Crypto
import Logging
import MediaModel
import ObjectStore

/// A video, a sound or a picture that is arriving: into the spool and into the store, judged as soon as can be.
struct StreamingUpload: Sendable {
    static let thumbnailEnding = "-thumb.jpg"
    private static let pieceSize = 1 << 20
    /// A WebM file names its streams in its first bytes, most pictures their size.
    private static let headBytes = 64 << 10
    /// What is here before it could be refused.
    private static let smallBytes = 1 << 20

    private var container: MediaFormat
    /// The tags that the file begins with, as long as what stands behind them has not come.
    private var tags: LeadingTags?
    /// What the file is that turned out to be no media behind its tags: its bytes are to be had by ``bytes(_:)``.
    private(set) var document: DetectedType?
    private let head: [UInt8]
    private let policy: MediaPolicy
    private let declaredLength: Int?
    private let key: String
    private let naming: FileName
    private let intake: UploadPipeline

    private var spool: Spool
    private var kind: MediaKind?
    private var isHeadJudged = false
    private var writer: (any ObjectWriter)?
    private var objectKey: ObjectKey?
    private var early = StreamingValidation()

    /// - Parameters:
    ///   - head: the first bytes of the file.
    ///   - tags: the tags that it begins with where they reach beyond ``head``: then `container` is told behind them.
    init(
        container: MediaFormat, head: [UInt8], tags: LeadingTags?, policy: MediaPolicy, declaredLength: Int?,
        key: String,
        naming: FileName, intake: UploadPipeline
    ) async throws(MediaError) {
        self.container = container
        self.head = head
        self.tags = tags
        self.policy = policy
        self.declaredLength = declaredLength
        self.key = key
        self.naming = naming
        self.intake = intake
        kind = tags == nil ? policy.onlyKind(container) : nil
        spool = try await Spool(
            intake.spools, container: container, declaredLength: declaredLength,
            mayBeSparse: policy.kinds.contains(.video))
    }

    mutating func receive(_ chunk: ByteChunk) async throws(MediaError) {
        for start in stride(from: 0, to: chunk.count, by: Self.pieceSize) {
            try await take(chunk[start..<min(start + Self.pieceSize, chunk.count)])
        }
    }

    private mutating func take(_ chunk: ByteChunk) async throws(MediaError) {
        try await spool.append(chunk)
        if tags != nil {
            try passTags()
            guard tags == nil, document == nil else { return try policy.admit(nil, bytes: spool.size) }
        } else if document != nil {
            return
        }
        if canJudgeHead { try await judgeHead() }
        try await judgeEarly()
        if kind == nil && spool.size >= intake.spools.undecidedBytes { kind = .video }
        try policy.admit(kind, bytes: spool.size)
        if let writer {
            try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        } else if let kind {
            try await openWriter(kind)
        }
        // Whatever follows, nothing more will be asked of what was kept.
        if early.inspection != nil, writer != nil { spool.release() }
    }

    /// Notes that no byte follows. The verdict of a file that has no more than tags is known then.
    mutating func end() throws(MediaError) {
        if tags != nil { try passTags(isEnd: true) }
    }

    /// How many bytes have arrived.
    var size: Int { spool.size }

    /// Bytes that have arrived.
    func bytes(_ range: Range<Int>) throws(MediaError) -> ByteChunk { try spool.chunk(range) }

    /// Looks behind the tags as soon as enough of what stands there has come. A tag can be megabytes long: it waits in the
    /// spool like anything else.
    private mutating func passTags(isEnd: Bool = false) throws(MediaError) {
        while var tags, isEnd || tags.offset + DetectedType.sniffedBytes <= spool.size {
            let range = tags.offset..<max(tags.offset, min(tags.offset + DetectedType.sniffedBytes, spool.size))
            let bytes = range.isEmpty ? [] : [UInt8](try spool.chunk(range))
            let isFound = tags.pass(bytes)
            self.tags = isFound ? nil : tags
            if isFound { try begin(DetectedType(sniffing: head, behindTags: bytes, named: naming.displayName)) }
        }
    }

    private mutating func begin(_ content: DetectedType) throws(MediaError) {
        try policy.admit(content)
        guard case .media(let container) = content, policy.mayCarry(container) else {
            document = content
            return
        }
        self.container = container
        kind = policy.onlyKind(container)
    }

    /// - Parameter keepsPictureAlone: whether what follows a picture is not stored. Behind an end that is marked nothing has
    ///   arrived here.
    mutating func finish(sha256: String?, keepsPictureAlone: Bool) async throws(MediaError) -> ValidatedUpload {
        let inspection = try await inspect()
        try policy.admit(inspection.kind, bytes: spool.size)
        var (size, sha256) = (spool.size, sha256)
        if keepsPictureAlone, let end = inspection.pictureEnd {
            (size, sha256) = try await storePictureAlone(inspection.kind, end: min(end, size))
        }
        if writer == nil { try await openWriter(inspection.kind) }
        guard let writer, let objectKey else { throw MediaError(.internal, "The upload has no place in the store.") }
        let previewDeferred = inspection.previewDeferred ?? false
        let mayHavePicture = inspection.thumbnail != nil || previewDeferred
        return ValidatedUpload(
            inspection: inspection, size: size, sha256: sha256, objectKey: objectKey,
            thumbnailKey: mayHavePicture ? ObjectKey(validating: key + Self.thumbnailEnding) : nil,
            originalName: naming.displayName, writer: writer, store: intake.store,
            recovery: previewDeferred
                ? DeferredPreview(
                    inspector: StoredInspector(store: intake.store, workers: intake.workers), policy: policy) : nil)
    }

    func abort() async {
        early.cancel()
        await writer?.abort()
    }

    private var canJudgeHead: Bool {
        guard !isHeadJudged, !early.hasBegun, declaredLength ?? .max > Self.smallBytes else { return false }
        switch container {
        case .webm, .matroska: return kind == nil && spool.size >= Self.headBytes
        case _ where kind == .image: return spool.size >= Self.headBytes
        // What can be judged as a whole need not be by its head.
        default: return spool.hasIndex && !mayJudgeEarly
        }
    }

    /// What the head says: enough to refuse what is too long before the rest has come.
    private mutating func judgeHead() async throws(MediaError) {
        isHeadJudged = true
        do throws(MediaError) {
            kind = try await intake.workers.inspect(try job(.head, size: spool.size)).kind
        } catch {
            // Half a file may well be unreadable; what it says clearly is final.
            if error.isFinal { throw error }
        }
    }

    /// Sound is judged by all of it, and pictures are small.
    private var mayJudgeEarly: Bool { kind != .audio && kind != .image && early.isDue(spool) }

    private mutating func judgeEarly() async throws(MediaError) {
        try early.update()
        if mayJudgeEarly {
            // How long it will be is not certain yet; what matters of it is checked at the end.
            let job = try job(.arriving, size: declaredLength ?? policy.maximumBytes)
            early.begin(job, workers: intake.workers, isLast: spool.isSettled)
        }
        if kind == nil { kind = early.inspection?.kind }
    }

    private func job(_ depth: InspectionOrder.Depth, size: Int) throws(MediaError) -> InspectionJob {
        guard let descriptor = spool.descriptor else { throw MediaError(.internal, "The spool was let go too early.") }
        let present = depth == .arriving ? spool.present ?? [0..<spool.size] : spool.present
        return InspectionJob(
            descriptor: descriptor,
            order: InspectionOrder(
                size: size, present: present, claimedName: naming.displayName, policy: policy, depth: depth))
    }

    private mutating func inspect() async throws(MediaError) -> Inspection {
        try await early.settle()
        guard let inspection = early.inspection else {
            return try await intake.workers.inspect(try job(.full, size: spool.size))
        }
        guard spool.size >= inspection.indexedEnd ?? 0 else { throw .truncated }
        guard !spool.isFragmented else {
            throw MediaError(.unreadable, "The file has fragments that its index does not announce: export it anew.")
        }
        return inspection
    }

    private static let endOfPicture: [UInt8] = [0xFF, 0xD9]

    /// Writes the object again, up to the end of the picture and with a marker there. Returns its size and digest.
    private mutating func storePictureAlone(
        _ kind: MediaKind, end: Int
    ) async throws(MediaError) -> (size: Int, sha256: String?) {
        await writer?.abort()
        writer = nil
        try await openWriter(kind, upTo: end)
        let marker = ByteChunk(Self.endOfPicture)
        guard let writer else { throw MediaError(.internal, "The upload has no place in the store.") }
        try await storing { () async throws(ObjectStoreError) in try await writer.write(marker) }
        let size = end + Self.endOfPicture.count
        guard policy.computesSHA256 else { return (size, nil) }
        var digest = SHA256()
        for start in stride(from: 0, to: end, by: Self.pieceSize) {
            try spool.chunk(start..<min(start + Self.pieceSize, end)).withUnsafeBytes {
                digest.update(bufferPointer: $0)
            }
        }
        marker.withUnsafeBytes { digest.update(bufferPointer: $0) }
        return (size, hexEncode(digest.finalize()))
    }

    /// Opens the object and writes what has arrived before, or a part of it.
    private mutating func openWriter(_ kind: MediaKind, upTo end: Int? = nil) async throws(MediaError) {
        let container = container.carrying(kind)
        let (writer, objectKey) = try await intake.openWriter(
            key, container.mimeType(kind), container.fileExtension(kind), kind, naming, declaredLength: declaredLength)
        self.writer = writer
        self.objectKey = objectKey
        let end = end ?? spool.size
        for start in stride(from: 0, to: end, by: Self.pieceSize) {
            let chunk = try spool.chunk(start..<min(start + Self.pieceSize, end))
            try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        }
    }
}

extension MediaPolicy {
    /// The one kind that a file of this format can be here; `nil` when it can be more than one.
    func onlyKind(_ container: MediaFormat) -> MediaKind? {
        if let kind = container.certainKind { return kind }
        let kinds = [MediaKind.video, .audio].filter { accepts(container.carrying($0), as: $0) }
        return kinds.count == 1 ? kinds[0] : nil
    }
}

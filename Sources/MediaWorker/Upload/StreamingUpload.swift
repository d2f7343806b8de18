import Bytes
import Crypto
import MediaModel
import ObjectStore

/// A video, audio or image file that is arriving: it is written to the spool and to the object store, and validated as early as
/// possible.
struct StreamingUpload: Sendable {
    private static let pieceSize = 1 << 20
    /// A WebM file names its streams in its first bytes, and most images their size.
    private static let headBytes = 64 << 10
    /// A smaller file has arrived before an inspection of its head could reject it.
    private static let smallBytes = 1 << 20
    private static let endOfImageMarker: [UInt8] = [0xFF, 0xD9]

    private let request: UploadRequest
    private let context: UploadContext
    private let head: [UInt8]
    private var format: MediaFormat
    /// The tags that the file begins with, until what follows them has arrived.
    private var tags: LeadingTags?
    /// What the file is, where it turned out that no media follow its tags: ``bytes(_:)`` returns what has arrived of it.
    private(set) var document: DetectedType?

    private var spool: Spool
    private var kind: MediaKind?
    private var isHeadValidated = false
    private var writer: (any ObjectWriter)?
    /// Writes a video, where its index is to be stored first.
    private var indexFirst: IndexFirstWriter?
    private var objectKey: ObjectKey?
    private var attributes: ObjectAttributes?
    private var validation = StreamingValidation()

    private var policy: MediaPolicy { request.policy }

    /// - Parameters:
    ///   - head: the first bytes of the file.
    ///   - tags: the tags that the file begins with where they reach beyond `head`; `format` is detected behind them then.
    /// - Throws: ``MediaError/Code/storage`` or ``MediaError/Code/outOfResources`` where the spool cannot be created.
    init(
        format: MediaFormat, head: [UInt8], tags: LeadingTags?, request: UploadRequest, context: UploadContext
    ) async throws(MediaError) {
        self.format = format
        self.head = head
        self.tags = tags
        self.request = request
        self.context = context
        kind = tags == nil ? request.policy.onlyKind(format) : nil
        spool = try await Spool(
            context.spools, container: format, declaredLength: request.declaredLength,
            mayBeSparse: request.policy.kinds.contains(.video))
    }

    /// Receives the next bytes.
    /// - Throws: why the file is rejected, as soon as that is certain, or what failed in the spool, a worker or the store.
    mutating func receive(_ chunk: ByteChunk) async throws(MediaError) {
        for start in stride(from: 0, to: chunk.count, by: Self.pieceSize) {
            try await receivePiece(chunk[start..<min(start + Self.pieceSize, chunk.count)])
        }
    }

    private mutating func receivePiece(_ chunk: ByteChunk) async throws(MediaError) {
        try await spool.append(chunk)
        if tags != nil {
            try readTags()
            guard tags == nil, document == nil else { return try policy.validate(nil, bytes: spool.size) }
        } else if document != nil {
            return
        }
        if canValidateHead { try await validateHead() }
        try await validateEarly()
        if kind == nil && spool.size >= context.spools.undecidedBytes { kind = .video }
        try policy.validate(kind, bytes: max(spool.size, request.minimumLength))
        if let writer {
            try await store(chunk, writer)
        } else if let kind {
            try await openWriter(kind)
        }
        // The file has been validated and is being written: nothing reads the spool from now on.
        if validation.inspection != nil, writer != nil { spool.release() }
    }

    /// Writes the next bytes.
    private mutating func store(_ chunk: ByteChunk, _ writer: any ObjectWriter) async throws(MediaError) {
        guard var indexFirst else {
            return try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        }
        // Two references would copy what it keeps.
        self.indexFirst = nil
        try await mappingStoreErrors { () async throws(ObjectStoreError) in try await indexFirst.write(chunk) }
        self.indexFirst = indexFirst
    }

    /// Notes that no byte follows.
    /// - Throws: ``MediaError/Code/unsupported`` for a file that consists of tags and is not accepted.
    mutating func end() throws(MediaError) {
        if tags != nil { try readTags(isEnd: true) }
    }

    /// How many bytes have arrived.
    var size: Int { spool.size }

    /// Bytes that have arrived.
    func bytes(_ range: Range<Int>) throws(MediaError) -> ByteChunk { try spool.chunk(range) }

    /// Detects the type behind the tags as soon as enough bytes have arrived. A tag can be megabytes long.
    private mutating func readTags(isEnd: Bool = false) throws(MediaError) {
        while var tags, isEnd || tags.offset + DetectedType.sniffedBytes <= spool.size {
            let range = tags.offset..<max(tags.offset, min(tags.offset + DetectedType.sniffedBytes, spool.size))
            let bytes = range.isEmpty ? [] : [UInt8](try spool.chunk(range))
            let isFound = tags.skip(bytes)
            self.tags = isFound ? nil : tags
            if isFound {
                try begin(DetectedType(sniffing: head, behindTags: bytes, filename: request.filename.displayName))
            }
        }
    }

    private mutating func begin(_ type: DetectedType) throws(MediaError) {
        try policy.validate(type)
        guard case .media(let format) = type, policy.acceptsMedia(format) else {
            document = type
            return
        }
        self.format = format
        kind = policy.onlyKind(format)
    }

    /// Validates the file, of which every byte has arrived.
    /// - Parameters:
    ///   - sha256: of what was received here.
    ///   - sourceSHA256: of what was sent.
    ///   - dropsTrailingBytes: whether bytes behind the end of an image are not stored. Behind an end that is marked, none have
    ///     arrived here.
    /// - Throws: why the file is rejected, or what failed in the spool, a worker or the store.
    mutating func finish(
        sha256: String?, sourceSHA256: String?, dropsTrailingBytes: Bool
    ) async throws(MediaError) -> ValidatedUpload {
        let inspection = try await inspect()
        try policy.validate(inspection.kind, bytes: spool.size)
        var (size, sha256) = (spool.size, sha256)
        if dropsTrailingBytes, let end = inspection.pictureEnd {
            (size, sha256) = try await rewriteImage(inspection.kind, end: min(end, size))
        }
        if writer == nil { try await openWriter(inspection.kind) }
        guard let writer, let objectKey, let attributes else { throw Self.noWriter }
        let added = try await finishIndexFirst()
        return ValidatedUpload(
            inspection, size: size + (added ?? 0), sha256: sha256, sourceSHA256: sourceSHA256,
            isIndexMoved: added != nil, objectKey: objectKey, keys: request.keys,
            filename: request.filename, attributes: attributes, writer: writer, store: context.store,
            deferredPreview: inspection.previewDeferred == true
                ? DeferredPreview(
                    inspector: StoredInspector(store: context.store, workers: context.workers), policy: policy,
                    thumbnailKey: request.keys.thumbnail) : nil)
    }

    /// Writes the end of a video. Returns how many bytes the object has more than the file, if its index was moved to the start.
    private mutating func finishIndexFirst() async throws(MediaError) -> Int? {
        guard var indexFirst else { return nil }
        self.indexFirst = nil
        return try await mappingStoreErrors { () async throws(ObjectStoreError) in try await indexFirst.finish() }
    }

    /// Discards the file.
    func abort() async {
        validation.cancel()
        await writer?.abort()
    }

    private var canValidateHead: Bool {
        guard !isHeadValidated, !validation.hasBegun, request.declaredLength ?? .max > Self.smallBytes else {
            return false
        }
        switch format {
        case .webm, .matroska: return kind == nil && spool.size >= Self.headBytes
        case _ where kind == .image: return spool.size >= Self.headBytes
        // A file that can be validated as a whole need not be validated by its head.
        default: return spool.hasIndex && !canValidateEarly
        }
    }

    /// Inspects the head, which is enough to reject what is too long before the rest has arrived.
    private mutating func validateHead() async throws(MediaError) {
        isHeadValidated = true
        do throws(MediaError) {
            kind = try await context.workers.inspect(try job(.head, size: spool.size)).kind
        } catch {
            // Half a file may well be unreadable; other errors do not change with more bytes.
            if error.isFinal { throw error }
        }
    }

    /// Audio is decoded to its end, and images are small: neither is validated early.
    private var canValidateEarly: Bool { kind != .audio && kind != .image && validation.isDue(spool) }

    private mutating func validateEarly() async throws(MediaError) {
        try validation.update()
        if canValidateEarly {
            // The final length is not known yet; what depends on it is checked at the end.
            let job = try job(.arriving, size: request.declaredLength ?? policy.largestFile)
            validation.begin(job, workers: context.workers, isLast: spool.isSettled)
        }
        if kind == nil { kind = validation.inspection?.kind }
    }

    private func job(_ depth: InspectionOrder.Depth, size: Int) throws(MediaError) -> InspectionJob {
        guard let descriptor = spool.descriptor else {
            throw MediaError(.internal, "The spool was released before its file was inspected.")
        }
        let present = depth == .arriving ? spool.present ?? [0..<spool.size] : spool.present
        return InspectionJob(
            descriptor: descriptor,
            order: InspectionOrder(
                size: size, present: present, filename: request.filename.displayName, policy: policy, depth: depth))
    }

    private mutating func inspect() async throws(MediaError) -> Inspection {
        try await validation.settle()
        guard let inspection = validation.inspection else {
            return try await context.workers.inspect(try job(.full, size: spool.size))
        }
        guard spool.size >= inspection.indexedEnd ?? 0 else { throw .truncated }
        guard !spool.isFragmented else {
            throw MediaError(.unreadable, "The file has fragments that its index does not announce: export it again.")
        }
        return inspection
    }

    /// Writes the object again, up to the end of the image and with an end marker. Returns its size and SHA-256.
    private mutating func rewriteImage(
        _ kind: MediaKind, end: Int
    ) async throws(MediaError) -> (size: Int, sha256: String?) {
        await writer?.abort()
        writer = nil
        try await openWriter(kind, upTo: end)
        let marker = ByteChunk(Self.endOfImageMarker)
        guard let writer else { throw Self.noWriter }
        try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.write(marker) }
        let size = end + marker.count
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

    /// Opens the object and writes what has arrived, or its first `end` bytes.
    private mutating func openWriter(_ kind: MediaKind, upTo end: Int? = nil) async throws(MediaError) {
        let format = format.variant(kind)
        let (mimeType, fileExtension) = (format.mimeType(kind), format.fileExtension(kind))
        let objectKey = try request.keys.original(fileExtension: fileExtension)
        let attributes = ObjectAttributes(
            mimeType: mimeType, fileExtension: fileExtension, kind: kind, filename: request.filename)
        let writer = try await context.openWriter(
            objectKey, attributes: attributes, declaredLength: request.declaredLength)
        self.writer = writer
        self.attributes = attributes
        self.objectKey = objectKey
        indexFirst =
            context.storesIndexFirst && kind == .video && format.isBaseMedia ? IndexFirstWriter(writer) : nil
        let end = end ?? spool.size
        for start in stride(from: 0, to: end, by: Self.pieceSize) {
            try await store(try spool.chunk(start..<min(start + Self.pieceSize, end)), writer)
        }
    }

    private static let noWriter = MediaError(.internal, "The upload has no object to write to.")
}

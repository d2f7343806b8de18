public import Bytes
import Crypto
public import MediaModel
import ObjectStore

/// One upload in progress. Calls must follow one another: any number of ``receive(_:)``, then ``finish()`` or ``abort()``.
public actor UploadSession {
    private static let pieceSize = 1 << 20

    private let request: UploadRequest
    private let context: UploadContext
    private let inFlight: UploadsInFlight.Entry
    private var policy: MediaPolicy { request.policy }
    private let metadata: MetadataRules

    private var state = State.head([])
    private var digest: SHA256?
    /// The digest of what was sent, where a filter changes it.
    private var sourceDigest: SHA256?
    /// Removes metadata before the bytes are hashed, inspected or stored.
    private var filter: (any MetadataFilter)?
    /// Whether bytes behind the end of the picture are removed.
    private var dropsTrailingBytes = false
    /// Scans what is stored; `nil` where files are not scanned.
    private let scan: FileScan?
    /// How many bytes were received.
    private var size = 0

    /// Legal transitions: head → document or media; media → document (when no media follow its tags); any → ended.
    private enum State {
        /// The first chunks, until there are enough bytes to detect the type.
        case head([ByteChunk])
        /// A file that is stored unopened.
        case document(Inspection, any ObjectWriter, ObjectKey, ObjectAttributes)
        /// A file that is spooled and validated.
        case media(StreamingUpload)
        case ended(MediaError)
    }

    init(_ request: UploadRequest, context: UploadContext) {
        self.request = request
        self.context = context
        metadata = context.metadata.asking(for: request.metadataRemoval)
        inFlight = context.inFlight.begin()
        scan = context.scanning?.begin(request.keys.prefix)
        digest = request.policy.computesSHA256 ? SHA256() : nil
    }

    /// Receives the next bytes, and returns when more may follow.
    /// - Throws: why the file is rejected, as soon as that is certain; ``MediaError/Code/storage``,
    ///   ``MediaError/Code/outOfResources``, ``MediaError/Code/busy`` or ``MediaError/Code/internal`` where the service
    ///   failed. Nothing of the file is left in the store then, and further calls throw the same error.
    public func receive(_ chunk: ByteChunk) async throws(MediaError) {
        do throws(MediaError) {
            try await append(chunk)
        } catch {
            await end(error)
            throw error
        }
    }

    /// Validates the file, of which every byte was received. Nothing is visible in the store until the result is committed.
    /// - Throws: why the file is rejected, or the errors of ``receive(_:)``. Nothing of the file is left in the store then.
    public func finish() async throws(MediaError) -> ValidatedUpload {
        do throws(MediaError) {
            let validated = try await validate()
            if let scan { try await validated.passing(scan) }
            state = .ended(MediaError(.internal, "The upload is finished."))
            return validated
        } catch {
            await end(error)
            throw error
        }
    }

    /// Discards the file. Does nothing after an error or after ``finish()``.
    public func abort() async {
        await end(MediaError(.internal, "The upload was aborted."))
    }

    private func end(_ error: MediaError) async {
        scan?.cancel()
        let previous = state
        state = .ended(error)
        switch previous {
        case .document(_, let writer, _, _): await writer.abort()
        case .media(let media): await media.abort()
        case .head, .ended: break
        }
    }

    private func append(_ chunk: ByteChunk) async throws(MediaError) {
        if case .ended(let error) = state { throw error }
        guard !chunk.isEmpty else { return }
        try policy.validate(nil, bytes: size + chunk.count)
        size += chunk.count
        if case .head(let chunks) = state {
            state = .head(chunks + [chunk])
            if size >= DetectedType.sniffedBytes { try await begin(chunks + [chunk]) }
        } else {
            try await process(chunk)
        }
    }

    /// Hashes, validates and stores what the filter leaves of the next bytes.
    private func process(_ chunk: ByteChunk) async throws(MediaError) {
        if filter != nil { chunk.withUnsafeBytes { sourceDigest?.update(bufferPointer: $0) } }
        let kept = filter?.receive(chunk) ?? [chunk]
        if filter != nil { try metadata.check(filter) }
        try await process(filtered: kept)
    }

    private func process(filtered chunks: [ByteChunk]) async throws(MediaError) {
        for chunk in chunks {
            chunk.withUnsafeBytes { digest?.update(bufferPointer: $0) }
            try await scan?.send(chunk)
            switch state {
            case .document(_, let writer, _, _):
                try policy.validate(.document, bytes: size)
                try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.write(chunk) }
            case .media(var media):
                // Also after an error: `end` must abort what was opened.
                defer { state = .media(media) }
                try await media.receive(chunk)
            case .head: throw MediaError(.internal, "The upload has not begun.")
            case .ended(let error): throw error
            }
            if case .media(let media) = state, let type = media.document { try await becomeDocument(type, media) }
        }
    }

    /// Detects the file's type by its first bytes.
    private func begin(_ chunks: [ByteChunk]) async throws(MediaError) {
        let head = chunks.reduce(into: [UInt8]()) { head, chunk in
            if head.count < DetectedType.sniffedBytes { head += [UInt8](chunk) }
        }
        var tags = LeadingTags()
        let type: DetectedType
        if tags.skip(Array(head.prefix(DetectedType.sniffedBytes))) {
            type = DetectedType(sniffing: head, filename: request.filename.displayName)
            try policy.validate(type)
        } else {
            // The type follows the tag, and is an audio format if the file is accepted as media at all.
            type = .media(.mp3)
            if !MediaFormat.tagged.contains(where: policy.acceptsMedia) { try policy.validate(type) }
        }
        if case .media(let format) = type, tags.isTagged || policy.acceptsMedia(format) {
            state = .media(
                try await StreamingUpload(
                    format: format, head: head, tags: tags.isTagged ? tags : nil, request: request, context: context))
            filter = format.metadataFilter(metadata.removal, isTagged: tags.isTagged)
            try metadata.check(filter)
            dropsTrailingBytes = format == .jpeg && filter != nil
            if filter != nil, policy.computesSHA256 { sourceDigest = SHA256() }
        } else {
            try await openDocument(type)
        }
        for chunk in chunks { try await process(chunk) }
    }

    /// Opens the object of a file that is stored unopened.
    private func openDocument(_ type: DetectedType) async throws(MediaError) {
        try policy.validate(.document, bytes: max(size, request.minimumLength))
        let inspection = Inspection(document: type)
        let objectKey = try request.keys.original(fileExtension: inspection.fileExtension)
        let attributes = ObjectAttributes(
            mimeType: inspection.mimeType, fileExtension: inspection.fileExtension, kind: .document,
            filename: request.filename)
        let writer = try await context.openWriter(
            objectKey, attributes: attributes, declaredLength: request.declaredLength)
        state = .document(inspection, writer, objectKey, attributes)
    }

    /// Continues with a file that begins with tags, and with no media behind them.
    private func becomeDocument(_ type: DetectedType, _ media: StreamingUpload) async throws(MediaError) {
        try await openDocument(type)
        guard case .document(_, let writer, _, _) = state else { return }
        for start in stride(from: 0, to: media.size, by: Self.pieceSize) {
            let chunk = try media.bytes(start..<min(start + Self.pieceSize, media.size))
            try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        }
    }

    private func validate() async throws(MediaError) -> ValidatedUpload {
        if case .ended(let error) = state { throw error }
        guard size > 0 else { throw .empty }
        if case .head(let chunks) = state { try await begin(chunks) }
        if let last = filter?.finish() {
            try metadata.check(filter)
            try await process(filtered: last)
        }
        try await endTags()
        scan?.end()
        let sha256 = (digest.take()?.finalize()).map(hexEncode)
        let sourceSHA256 = (sourceDigest.take()?.finalize()).map(hexEncode) ?? sha256
        switch state {
        case .document(let inspection, let writer, let objectKey, let attributes):
            return ValidatedUpload(
                inspection, size: size, sha256: sha256, sourceSHA256: sourceSHA256, objectKey: objectKey,
                keys: request.keys, filename: request.filename, attributes: attributes, writer: writer,
                store: context.store)
        case .media(var media):
            defer { state = .media(media) }
            var validated = try await media.finish(
                sha256: sha256, sourceSHA256: sourceSHA256, dropsTrailingBytes: dropsTrailingBytes)
            let removal = metadata.removal
            if removal != .off { validated.metadataRemoved = filter?.removed(removal) ?? RemovedMetadata.none }
            return validated
        case .head: throw .empty
        case .ended(let error): throw error
        }
    }

    private func endTags() async throws(MediaError) {
        guard case .media(var media) = state else { return }
        do throws(MediaError) {
            try media.end()
            state = .media(media)
        } catch {
            state = .media(media)
            throw error
        }
        if let type = media.document { try await becomeDocument(type, media) }
    }
}

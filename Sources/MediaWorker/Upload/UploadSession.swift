public import Bytes
import Crypto
import FFmpeg
import Logging
public import MediaModel
import ObjectStore

/// One upload on its way in. Its calls come one after another.
public actor UploadSession {
    private let intake: UploadPipeline
    private let key: String
    private let policy: MediaPolicy
    private let declaredLength: Int?
    private let naming: FileName

    private var state = State.head([])
    private var digest: SHA256?
    /// What stands between the sender and everything else: a JPEG's metadata go no further.
    private var filter: JPEGMetadataFilter?
    /// Bytes that were received.
    private var size = 0

    private enum State {
        /// The first bytes, until there are enough to tell what they are.
        case head([ByteChunk])
        /// A file that is stored unopened.
        case document(Inspection, any ObjectWriter, ObjectKey)
        /// A file that is spooled and judged.
        case media(StreamingUpload)
        case ended(MediaError)
    }

    init(
        intake: UploadPipeline, key: String, policy: MediaPolicy, declaredLength: Int?, filename: String?
    ) throws(MediaError) {
        // The longest that can follow the key is the thumbnail's ending.
        guard ObjectKey(validating: key + StreamingUpload.thumbnailEnding) != nil else {
            throw MediaError(.internal, "\"\(key)\" cannot be the key of an object.")
        }
        self.intake = intake
        self.key = key
        self.policy = policy
        self.declaredLength = declaredLength
        naming = FileName(filename)
        digest = policy.computesSHA256 ? SHA256() : nil
    }

    /// Takes the next bytes. Returns when more may follow; throws as soon as it is certain that the file is not taken,
    /// after which nothing of it is left.
    public func receive(_ chunk: ByteChunk) async throws(MediaError) {
        do throws(MediaError) {
            try await take(chunk)
        } catch {
            await end(error)
            throw error
        }
    }

    /// The verdict, once every byte has been received. Nothing is visible in the store until the result is committed.
    public func finish() async throws(MediaError) -> ValidatedUpload {
        do throws(MediaError) {
            let judged = try await judge()
            state = .ended(Self.finished)
            return judged
        } catch {
            await end(error)
            throw error
        }
    }

    /// Drops everything. After an error or ``finish()`` it does nothing.
    public func abort() async {
        await end(MediaError(.internal, "The upload was aborted."))
    }

    private static let finished = MediaError(.internal, "The upload is finished.")

    private func end(_ error: MediaError) async {
        let ending = state
        state = .ended(error)
        switch ending {
        case .document(_, let writer, _): await writer.abort()
        case .media(let media): await media.abort()
        case .head, .ended: break
        }
    }

    private func take(_ chunk: ByteChunk) async throws(MediaError) {
        if case .ended(let error) = state { throw error }
        guard !chunk.isEmpty else { return }
        try policy.admit(nil, bytes: size + chunk.count)
        size += chunk.count
        if case .head(let chunks) = state {
            state = .head(chunks + [chunk])
            if size >= DetectedType.sniffedBytes { try await begin(chunks + [chunk]) }
        } else {
            try await pass(chunk)
        }
    }

    /// Hands on what the filter leaves of the next bytes: that is what is hashed, judged and stored.
    private func pass(_ chunk: ByteChunk) async throws(MediaError) {
        for chunk in filter?.receive(chunk) ?? [chunk] {
            chunk.withUnsafeBytes { digest?.update(bufferPointer: $0) }
            switch state {
            case .document(_, let writer, _):
                try policy.admit(.document, bytes: size)
                try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
            case .media(var media):
                do throws(MediaError) {
                    try await media.receive(chunk)
                    state = .media(media)
                } catch {
                    // What was opened must be dropped.
                    state = .media(media)
                    throw error
                }
                if let content = media.document { try await becomeDocument(content, media) }
            case .head: throw MediaError(.internal, "The upload has not begun.")
            case .ended(let error): throw error
            }
        }
    }

    /// Tells by the first bytes what is coming, or refuses it.
    private func begin(_ chunks: [ByteChunk]) async throws(MediaError) {
        let head = chunks.reduce(into: [UInt8]()) { head, chunk in
            if head.count < DetectedType.sniffedBytes { head += [UInt8](chunk) }
        }
        var tags = LeadingTags()
        let content: DetectedType
        if tags.pass(Array(head.prefix(DetectedType.sniffedBytes))) {
            content = DetectedType(sniffing: head, named: naming.displayName)
            try policy.admit(content)
        } else {
            // What it is stands behind the tag: a sound, if it is taken here at all.
            content = .media(.mp3)
            if !MediaFormat.tagged.contains(where: policy.mayCarry) { try policy.admit(content) }
        }
        if case .media(let container) = content, tags.isTagged || policy.mayCarry(container) {
            state = .media(
                try await StreamingUpload(
                    container: container, head: head, tags: tags.isTagged ? tags : nil, policy: policy,
                    declaredLength: declaredLength, key: key, naming: naming, intake: intake))
            if container == .jpeg { filter = JPEGMetadataFilter(intake.metadataRemoval) }
        } else {
            try await openDocument(content)
        }
        for chunk in chunks { try await pass(chunk) }
    }

    /// Opens the object of a file that is stored as it is.
    private func openDocument(_ content: DetectedType) async throws(MediaError) {
        try policy.admit(.document, bytes: size)
        let inspection = Inspection(document: content)
        let (writer, objectKey) = try await intake.openWriter(
            key, inspection.mimeType, inspection.fileExtension, .document, naming, declaredLength: declaredLength)
        state = .document(inspection, writer, objectKey)
    }

    /// Goes on with a file that waited for the end of its tags and is no media behind them.
    private func becomeDocument(_ content: DetectedType, _ media: StreamingUpload) async throws(MediaError) {
        try await openDocument(content)
        guard case .document(_, let writer, _) = state else { return }
        for start in stride(from: 0, to: media.size, by: Self.pieceSize) {
            let chunk = try media.bytes(start..<min(start + Self.pieceSize, media.size))
            try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        }
    }

    private static let pieceSize = 1 << 20

    private func judge() async throws(MediaError) -> ValidatedUpload {
        if case .ended(let error) = state { throw error }
        guard size > 0 else { throw .empty }
        if case .head(let chunks) = state { try await begin(chunks) }
        if case .media(var media) = state {
            do throws(MediaError) {
                try media.end()
                state = .media(media)
            } catch {
                state = .media(media)
                throw error
            }
            if let content = media.document { try await becomeDocument(content, media) }
        }
        let sha256 = (digest.take()?.finalize()).map(hexEncode)
        switch state {
        case .document(let inspection, let writer, let objectKey):
            return ValidatedUpload(
                inspection: inspection, size: size, sha256: sha256, objectKey: objectKey, thumbnailKey: nil,
                originalName: naming.displayName, writer: writer, store: intake.store)
        case .media(var media):
            defer { state = .media(media) }
            return try await media.finish(
                sha256: sha256, keepsPictureAlone: filter != nil && intake.metadataRemoval != .off)
        case .head: throw .empty
        case .ended(let error): throw error
        }
    }
}

public import Bytes
import Crypto
import FFmpeg
import Logging
import ObjectStore

/// One upload on its way in. Its calls come one after another.
public actor Upload {
    private let intake: Intake
    private let key: String
    private let policy: MediaPolicy
    private let declaredLength: Int?
    private let naming: FileNaming

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
        case media(MediaInTransit)
        case ended(MediaError)
    }

    init(
        intake: Intake, key: String, policy: MediaPolicy, declaredLength: Int?, filename: String?
    ) throws(MediaError) {
        // The longest that can follow the key is the thumbnail's ending.
        guard ObjectKey(validating: key + MediaInTransit.thumbnailEnding) != nil else {
            throw MediaError(.internal, "\"\(key)\" cannot be the key of an object.")
        }
        self.intake = intake
        self.key = key
        self.policy = policy
        self.declaredLength = declaredLength
        naming = FileNaming(filename)
        digest = policy.takesDigest ? SHA256() : nil
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
    public func finish() async throws(MediaError) -> JudgedMedia {
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
        guard size + chunk.count <= policy.maximumBytes else { throw .tooLarge(limit: policy.maximumBytes) }
        size += chunk.count
        if case .head(let chunks) = state {
            state = .head(chunks + [chunk])
            if size >= Content.sniffedBytes { try await begin(chunks + [chunk]) }
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
                try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
            case .media(var media):
                // Also on failure: what was opened must be dropped.
                defer { state = .media(media) }
                try await media.receive(chunk)
            case .head: throw MediaError(.internal, "The upload has not begun.")
            case .ended(let error): throw error
            }
        }
    }

    /// Tells by the first bytes what is coming, or refuses it.
    private func begin(_ chunks: [ByteChunk]) async throws(MediaError) {
        let content = Content(
            sniffing: chunks.reduce(into: [UInt8]()) { head, chunk in
                if head.count < Content.sniffedBytes { head += [UInt8](chunk) }
            })
        try policy.admit(content)
        if case .media(let container) = content, policy.mayCarry(container) {
            state = .media(
                try await MediaInTransit(
                    container: container, policy: policy, declaredLength: declaredLength, key: key, naming: naming,
                    intake: intake))
            if container == .jpeg { filter = JPEGMetadataFilter(intake.metadataRemoval) }
        } else {
            let inspection = Inspection(document: DocumentType(content))
            let (writer, objectKey) = try await intake.openWriter(
                key, inspection.mimeType, inspection.fileExtension, .document, naming, declaredLength: declaredLength)
            state = .document(inspection, writer, objectKey)
        }
        for chunk in chunks { try await pass(chunk) }
    }

    private func judge() async throws(MediaError) -> JudgedMedia {
        if case .ended(let error) = state { throw error }
        guard size > 0 else { throw .empty }
        if case .head(let chunks) = state { try await begin(chunks) }
        let sha256 = (digest.take()?.finalize()).map(hexEncode)
        switch state {
        case .document(let inspection, let writer, let objectKey):
            return JudgedMedia(
                inspection: inspection, size: size, sha256: sha256, objectKey: objectKey, thumbnailKey: nil,
                originalName: naming.displayName, writer: writer, store: intake.store)
        case .media(var media):
            defer { state = .media(media) }
            return try await media.finish(sha256: sha256)
        case .head: throw .empty
        case .ended(let error): throw error
        }
    }
}

import Bytes
import Logging
import ObjectStore

/// A video, a sound or a picture that is arriving: into the spool and into the store, judged as soon as can be.
struct MediaInTransit: Sendable {
    static let thumbnailEnding = "-thumb.jpg"
    private static let pieceSize = 1 << 20
    /// A WebM file names its streams in its first bytes, most pictures their size.
    private static let headBytes = 64 << 10

    private let container: Container
    private let policy: MediaPolicy
    private let declaredLength: Int?
    private let key: String
    private let naming: FileNaming
    private let intake: Intake

    private var spool: Spool
    private var kind: MediaKind?
    private var isHeadJudged = false
    private var writer: (any ObjectWriter)?
    private var objectKey: ObjectKey?
    /// The whole inspection, where it could begin before the end.
    private var early: Task<Result<Inspection, MediaError>, Never>?

    init(
        container: Container, policy: MediaPolicy, declaredLength: Int?, key: String, naming: FileNaming, intake: Intake
    ) async throws(MediaError) {
        self.container = container
        self.policy = policy
        self.declaredLength = declaredLength
        self.key = key
        self.naming = naming
        self.intake = intake
        kind = policy.onlyKind(container)
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
        if canJudgeHead { try await judgeHead() }
        if kind == nil && spool.size >= intake.spools.undecidedBytes { kind = .video }
        if spool.isSettled, early == nil { startEarly() }
        if let writer {
            try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        } else if let kind {
            try await openWriter(kind)
        }
    }

    mutating func finish(sha256: String) async throws(MediaError) -> JudgedMedia {
        let inspection = try await inspect()
        if writer == nil { try await openWriter(inspection.kind) }
        guard let writer, let objectKey else { throw MediaError(.internal, "The upload has no place in the store.") }
        let thumbnailKey = inspection.thumbnail.flatMap { _ in ObjectKey(validating: key + Self.thumbnailEnding) }
        return JudgedMedia(
            inspection: inspection, size: spool.size, sha256: sha256, objectKey: objectKey, thumbnailKey: thumbnailKey,
            originalName: naming.displayName, writer: writer, store: intake.store)
    }

    func abort() async {
        early?.cancel()
        await writer?.abort()
    }

    private var canJudgeHead: Bool {
        guard !isHeadJudged else { return false }
        switch container {
        case .webm, .matroska: return kind == nil && spool.size >= Self.headBytes
        case _ where kind == .image: return spool.size >= Self.headBytes
        default: return spool.hasIndex
        }
    }

    /// What the head says: enough to refuse what is too long before the rest has come.
    private mutating func judgeHead() async throws(MediaError) {
        isHeadJudged = true
        let job = InspectionJob(
            descriptor: spool.descriptor,
            order: InspectionOrder(
                size: spool.size, present: spool.present, claimedName: naming.displayName, policy: policy, depth: .head)
        )
        do throws(MediaError) {
            kind = try await intake.workers.inspect(job).kind
        } catch {
            // Half a file may well be unreadable; what it says clearly is final.
            let final: Set<MediaError.Code> = [.tooLong, .tooManyPixels, .tooManyStreams, .wrongKind, .unsupported]
            if final.contains(error.code) { throw error }
        }
    }

    private mutating func startEarly() {
        // How long it will be is not certain yet; what matters of it is checked at the end.
        let job = fullJob(size: declaredLength ?? policy.maximumBytes)
        let workers = intake.workers
        early = Task {
            do throws(MediaError) {
                return .success(try await workers.inspect(job))
            } catch {
                return .failure(error)
            }
        }
    }

    private func fullJob(size: Int) -> InspectionJob {
        InspectionJob(
            descriptor: spool.descriptor,
            order: InspectionOrder(size: size, present: spool.present, claimedName: naming.displayName, policy: policy))
    }

    private func inspect() async throws(MediaError) -> Inspection {
        if let early, case .success(let inspection) = await early.value {
            guard spool.size >= inspection.indexedEnd ?? 0 else { throw .truncated }
            return inspection
        }
        return try await intake.workers.inspect(fullJob(size: spool.size))
    }

    /// Opens the object and writes what has arrived before.
    private mutating func openWriter(_ kind: MediaKind) async throws(MediaError) {
        let container = container.carrying(kind)
        let (writer, objectKey) = try await intake.openWriter(
            key, container.mimeType(kind), container.fileExtension(kind), kind, naming, declaredLength: declaredLength)
        self.writer = writer
        self.objectKey = objectKey
        for start in stride(from: 0, to: spool.size, by: Self.pieceSize) {
            let chunk = try spool.chunk(start..<min(start + Self.pieceSize, spool.size))
            try await storing { () async throws(ObjectStoreError) in try await writer.write(chunk) }
        }
    }
}

extension MediaPolicy {
    /// The one kind that a file of this format can be here; `nil` when it can be more than one.
    func onlyKind(_ container: Container) -> MediaKind? {
        if let kind = container.certainKind { return kind }
        let kinds = [MediaKind.video, .audio].filter { accepts(container.carrying($0), as: $0) }
        return kinds.count == 1 ? kinds[0] : nil
    }
}

import FFmpeg
import MediaModel

/// One inspection on one thread, from the first bytes to the result.
struct Inspector {
    private let source: ByteSource
    private let order: InspectionOrder
    private let deadline: Deadline
    private var policy: MediaPolicy { order.policy }

    init(job: InspectionJob) {
        source = job.source
        order = job.order
        deadline = Deadline(seconds: job.order.policy.deadline)
    }

    /// Inspects the file.
    /// - Throws: the errors that ``MediaInspecting/inspect(_:)`` lists for files, and ``MediaError/Code/internal``.
    func inspect() throws(MediaError) -> Inspection {
        do {
            return try validate()
        } catch let error as MediaError {
            throw error
        } catch let error as FFmpegError {
            throw MediaError(error)
        } catch {
            throw MediaError(.internal, "The file could not be inspected; try again.", cause: error)
        }
    }

    private func validate() throws -> Inspection {
        guard source.size > 0 else { throw MediaError.empty }
        try policy.validate(nil, bytes: source.size)
        let (type, mediaStart) = try detectType()
        try policy.validate(type)
        let inspection = try inspect(type, from: mediaStart)
        guard (inspection.duration ?? 0) <= Inspection.longestDuration else {
            throw MediaError(.unreadable, "The file states a duration that is too long to be represented.")
        }
        if order.depth == .full { try policy.validate(inspection.kind, bytes: source.size) }
        return inspection
    }

    /// The type of the file, and the offset of its audio where FFmpeg would not find it behind tags.
    func detectType() throws(FFmpegError) -> (DetectedType, Int) {
        let head = try source.bytes(0..<DetectedType.sniffedBytes)
        var (tags, rest) = (LeadingTags(), head)
        while !tags.skip(rest) { rest = try source.bytes(tags.offset..<tags.offset + DetectedType.sniffedBytes) }
        let type = DetectedType(sniffing: head, behindTags: tags.isTagged ? rest : nil, filename: order.filename)
        return (type, tags.hasOthers ? tags.offset : 0)
    }

    private func inspect(_ type: DetectedType, from mediaStart: Int) throws -> Inspection {
        switch type {
        case .media(let format) where policy.acceptsMedia(format):
            if format.certainKind == .image {
                return try ImageInspector(source: source, container: format, order: order, deadline: deadline).inspect()
            }
            return try AVInspector(
                source: source.dropFirst(mediaStart), container: format, order: order, deadline: deadline
            ).inspect()
        // A media format that is accepted only as a document.
        case .media, .document: return Inspection(document: type)
        }
    }
}

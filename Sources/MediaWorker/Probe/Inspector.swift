import FFmpeg
import MediaModel

/// One inspection, on one thread, from the first bytes to the verdict.
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

    func inspect() throws(MediaError) -> Inspection {
        do {
            return try judge()
        } catch let error as MediaError {
            throw error
        } catch let error as FFmpegError {
            throw MediaError(error)
        } catch {
            throw MediaError(.internal, "The file could not be inspected; try again.", cause: error)
        }
    }

    private func judge() throws -> Inspection {
        guard source.size > 0 else { throw MediaError.empty }
        try policy.admit(nil, bytes: source.size)
        let (content, sound) = try sniff()
        try policy.admit(content)
        let inspection = try inspect(content, from: sound)
        guard (inspection.duration ?? 0) <= Inspection.longestDuration else {
            throw MediaError(.unreadable, "The file says that it plays for longer than can be counted.")
        }
        if order.depth == .full { try policy.admit(inspection.kind, bytes: source.size) }
        return inspection
    }

    /// What the file is, and where what plays begins if FFmpeg would not find it.
    private func sniff() throws(FFmpegError) -> (DetectedType, Int) {
        let head = try source.bytes(0..<DetectedType.sniffedBytes)
        var (tags, rest) = (LeadingTags(), head)
        while !tags.pass(rest) { rest = try source.bytes(tags.offset..<tags.offset + DetectedType.sniffedBytes) }
        let content = DetectedType(sniffing: head, behindTags: tags.isTagged ? rest : nil, named: order.claimedName)
        return (content, tags.hasOthers ? tags.offset : 0)
    }

    private func inspect(_ content: DetectedType, from sound: Int) throws -> Inspection {
        switch content {
        case .media(let container) where policy.mayCarry(container):
            if container.certainKind == .image {
                return try ImageInspector(
                    source: source, container: container, order: order, deadline: deadline
                ).inspect()
            }
            return try AVInspector(
                source: source.dropFirst(sound), container: container, order: order, deadline: deadline
            ).inspect()
        // A format that is only taken as a file like any other.
        case .media, .document: return Inspection(document: content)
        }
    }
}

extension Inspection {
    /// The longest time that FFmpeg counts, in seconds.
    static let longestDuration = Double(Int64.max) / 1e6

    /// A file of that content which is not opened.
    init(document content: DetectedType) {
        let type = DocumentType(content)
        self.init(kind: .document, container: "file", mimeType: type.mimeType, fileExtension: type.fileExtension)
        if case .document(_, let text) = content { textEncoding = text }
    }
}

import FFmpeg
import MediaModel

extension MediaError {
    /// What a failure of FFmpeg means for the file.
    init(_ error: FFmpegError) {
        switch error.code {
        case .invalidData, .other:
            self.init(
                .unreadable, "The file is damaged: it cannot be read. Send it again or export it anew.", cause: error)
        case .unsupported:
            self.init(.unsupported, "This kind of file is not taken.", cause: error)
        case .limit:
            self.init(.tooManyStreams, "The file carries too many streams.", cause: error)
        case .deadline:
            self.init(.deadline, "Inspecting the file took too long.", cause: error)
        case .missingBytes:
            self.init(.incomplete, "A part of the file that is needed was not kept.", cause: error)
        case .memory:
            self.init(.outOfMemory, "Reading the file would take more memory than it may have.", cause: error)
        case .io:
            self.init(.internal, "The file could not be inspected; try again.", cause: error)
        }
    }

    static let empty = MediaError(.empty, "The file is empty: send one with content.")

    static let truncated = MediaError(.truncated, "The end of the file is missing: send it again.")

    static func tooLarge(limit: Int) -> MediaError {
        MediaError(.tooLarge, "The file is larger than \(limit) bytes: send a smaller one.", limit: Double(limit))
    }

    static func tooLong(_ duration: Double, limit: Double) -> MediaError {
        MediaError(
            .tooLong,
            "It plays for \(Int(saturating: duration)) s where \(Int(saturating: limit)) s are allowed: shorten it.",
            duration: duration, limit: limit)
    }

    static func tooManyPixels(_ width: Int, _ height: Int, limit: Int) -> MediaError {
        MediaError(
            .tooManyPixels,
            "A picture of \(width) × \(height) pixels has more than the \(limit) that are taken: send a smaller one.",
            limit: Double(limit))
    }

    static func wrongKind(_ kind: MediaKind, _ policy: MediaPolicy) -> MediaError {
        let allowed = policy.kinds.map(\.rawValue).sorted().joined(separator: ", ")
        return MediaError(.wrongKind, "The file is of kind \(kind.rawValue); what is taken here: \(allowed).")
    }
}

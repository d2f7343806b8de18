import FFmpeg
import MediaModel

extension MediaError {
    /// Translates an error of FFmpeg into what it means for the file.
    init(_ error: FFmpegError) {
        switch error.code {
        case .invalidData, .other:
            self.init(
                .unreadable, "The file is damaged: it cannot be read. Send it again or export it again.", cause: error)
        case .unsupported:
            self.init(.unsupported, "Files of this kind are not accepted.", cause: error)
        case .limit:
            self.init(.tooManyStreams, "The file has too many streams.", cause: error)
        case .deadline:
            self.init(.deadline, "Inspecting the file took too long.", cause: error)
        case .missingBytes:
            self.init(.incomplete, "A part of the file that is needed was not kept.", cause: error)
        case .memory:
            self.init(.outOfMemory, "Reading the file would take more memory than it may use.", cause: error)
        case .io:
            self.init(.internal, "The file could not be inspected; try again.", cause: error)
        }
    }
}

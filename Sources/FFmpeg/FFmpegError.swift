import CFFmpeg

/// What FFmpeg could not do.
public struct FFmpegError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller tells apart.
    public enum Code: String, Sendable {
        /// The bytes are not what the container or codec prescribes.
        case invalidData
        /// This build has no demuxer, decoder or conversion for it.
        case unsupported
        /// A bound was exceeded: streams, packet bytes, pixels.
        case limit
        /// The deadline passed.
        case deadline
        /// A read touched a part of the file that is not there.
        case missingBytes
        /// The system could not read the file.
        case io
        /// No memory, or more asked for than one file may have.
        case memory
        /// Anything else.
        case other
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for a developer.
    public let message: String

    /// A failure with its explanation.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The failure that one of FFmpeg's calls returned while doing `action`.
    init(status: Int32, _ action: String) {
        let code: Code =
            switch status {
            // An I/O error that our own input did not report comes from a place that the data names and that is not there.
            case darkroom_error_invalid_data, darkroom_error_io: .invalidData
            case darkroom_error_decoder_not_found, darkroom_error_demuxer_not_found, darkroom_error_patch_welcome,
                darkroom_error_not_implemented:
                .unsupported
            case darkroom_error_exit: .deadline
            case darkroom_error_memory: .memory
            default: .other
            }
        var text = [CChar](repeating: 0, count: 128)
        av_strerror(status, &text, text.count)
        let end = text.firstIndex(of: 0) ?? text.endIndex
        let reason = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.init(code, "\(action): \(reason)")
    }

    /// The code and the explanation.
    public var description: String { "\(code.rawValue): \(message)" }
}

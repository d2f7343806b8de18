import CFFmpeg

/// An error of FFmpeg, of libjpeg-turbo, or of the source that they read.
public struct FFmpegError: Error, Sendable, CustomStringConvertible {
    /// The kinds of error that callers distinguish.
    public enum Code: String, Sendable {
        /// The bytes violate the specification of the container or codec.
        case invalidData
        /// This build has no demuxer, decoder or conversion for the content.
        case unsupported
        /// A limit was exceeded: streams, pixels, passes.
        case limit
        /// The deadline passed.
        case deadline
        /// A part of the file was read that is not available.
        case missingBytes
        /// The system could not read the file.
        case io
        /// There is no memory, or more was requested than one file may use.
        case memory
        /// Any other error.
        case other
    }

    /// The kind of error.
    public let code: Code
    /// What went wrong, for a developer.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Creates the error for a status that FFmpeg returned during `action`.
    init(status: Int32, _ action: String) {
        let code: Code =
            switch status {
            // An I/O error that our own input did not report comes from an offset in the data that does not exist.
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

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}

import CFFmpeg

/// The I/O context through which FFmpeg writes to a sink.
final class OutputContext {
    private static let bufferSize: Int32 = 192 << 10

    private let sink: any ByteSink
    private var position = 0
    private var size = 0
    /// The error of the last failed write: FFmpeg itself keeps only "I/O error".
    private(set) var failure: FFmpegError?
    /// FFmpeg's context, valid as long as this object.
    private(set) var context: UnsafeMutablePointer<AVIOContext>?

    init(sink: any ByteSink) throws(FFmpegError) {
        self.sink = sink
        context = darkroom_output_context(
            Self.bufferSize, Unmanaged.passUnretained(self).toOpaque(),
            { opaque, bytes, count in OutputContext.from(opaque).write(bytes, count: Int(count)) },
            { opaque, offset, whence in OutputContext.from(opaque).seek(offset, whence) })
        guard context != nil else { throw FFmpegError(.memory, "no memory for an output buffer") }
    }

    deinit {
        if let context { av_free(context.pointee.buffer) }
        avio_context_free(&context)
    }

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> OutputContext {
        Unmanaged<OutputContext>.fromOpaque(opaque!).takeUnretainedValue()
    }

    private func write(_ bytes: UnsafePointer<UInt8>?, count: Int) -> Int32 {
        do throws(FFmpegError) {
            try sink.write(UnsafeRawBufferPointer(start: bytes, count: count), at: position)
            position += count
            size = max(size, position)
            return Int32(count)
        } catch {
            failure = error
            return darkroom_error_io
        }
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return Int64(size)
        case SEEK_SET where offset >= 0: position = Int(offset)
        case SEEK_CUR where Int64(position) + offset >= 0: position += Int(offset)
        default: return Int64(darkroom_error_invalid_data)
        }
        return Int64(position)
    }
}

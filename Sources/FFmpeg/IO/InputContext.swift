import CFFmpeg

/// The I/O context through which FFmpeg reads a source.
final class InputContext {
    private static let bufferSize: Int32 = 32 << 10

    let source: ByteSource
    let deadline: Deadline
    private var position = 0
    /// The error of the last failed read: FFmpeg itself keeps only "I/O error".
    private(set) var failure: FFmpegError?
    /// Whether the container has more streams than the limit.
    var hasTooManyStreams = false
    /// FFmpeg's context, valid as long as this object.
    private(set) var context: UnsafeMutablePointer<AVIOContext>?

    init(source: ByteSource, deadline: Deadline) throws(FFmpegError) {
        self.source = source
        self.deadline = deadline
        let buffer = av_malloc(Int(Self.bufferSize))
        context = avio_alloc_context(
            buffer?.assumingMemoryBound(to: UInt8.self), Self.bufferSize, 0, opaque,
            { opaque, buffer, count in InputContext.from(opaque).read(into: buffer, count: Int(count)) }, nil,
            { opaque, offset, whence in InputContext.from(opaque).seek(offset, whence) })
        guard context != nil else {
            av_free(buffer)
            throw FFmpegError(.memory, "no memory for an input buffer")
        }
    }

    deinit {
        if let context { av_free(context.pointee.buffer) }
        avio_context_free(&context)
    }

    /// The pointer that FFmpeg passes to the callbacks. It does not keep this object alive: the owner of the format context does.
    var opaque: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ opaque: UnsafeMutableRawPointer?) -> InputContext {
        Unmanaged<InputContext>.fromOpaque(opaque!).takeUnretainedValue()
    }

    private func read(into buffer: UnsafeMutablePointer<UInt8>?, count: Int) -> Int32 {
        if deadline.hasPassed { return darkroom_error_exit }
        do throws(FFmpegError) {
            let count = try source.read(at: position, into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
            position += count
            return count == 0 ? darkroom_error_eof : Int32(count)
        } catch {
            failure = error
            return darkroom_error_io
        }
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let target: Int64?
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return Int64(source.size)
        case SEEK_SET: target = offset
        case SEEK_CUR: target = sum(position, offset)
        case SEEK_END: target = sum(source.size, offset)
        default: target = nil
        }
        guard let target, target >= 0 else { return Int64(darkroom_error_invalid_data) }
        position = Int(target)
        return target
    }

    private func sum(_ base: Int, _ offset: Int64) -> Int64? {
        let (sum, overflow) = Int64(base).addingReportingOverflow(offset)
        return overflow ? nil : sum
    }
}

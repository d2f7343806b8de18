import CFFmpeg
import Glibc

/// What holds for FFmpeg's libraries in the whole process: they keep such settings for themselves.
enum Libraries {
    /// The largest single allocation: four 16-bit values for each of 100 million pixels. A table that claims more entries
    /// than a file could ever use is refused by it before it fills the memory.
    private static let maximumAllocation = 816 << 20

    /// Their log is one per process and names nobody's upload: it says nothing. One line of it is listened for, as there is
    /// no other sign: most demuxers call a stream too many a lack of memory, or damage.
    private static let isPrepared: Bool = {
        av_log_set_level(AV_LOG_QUIET)
        av_log_set_callback { object, _, format, _ in
            guard let object, let format, strstr(format, "max_streams") != nil else { return }
            Libraries.noteStreamLimit(object)
        }
        av_max_alloc(maximumAllocation)
        return true
    }()

    /// `object` is whatever logs: its first word is its class.
    private static func noteStreamLimit(_ object: UnsafeMutableRawPointer) {
        guard object.load(as: UnsafePointer<AVClass>?.self) == avformat_get_class() else { return }
        let context = object.assumingMemoryBound(to: AVFormatContext.self)
        guard let opaque = context.pointee.opaque else { return }
        InputContext.from(opaque).hasTooManyStreams = true
    }

    /// Called before anything else of theirs is.
    static func prepare() { _ = isPrepared }
}

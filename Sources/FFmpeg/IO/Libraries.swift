import CFFmpeg
import Glibc

/// The process-wide settings of FFmpeg's libraries.
enum Libraries {
    /// The maximum size of one allocation, in bytes: four 16-bit values for each of 100 million pixels. It also rejects tables
    /// that claim more entries than a file can use.
    private static let maximumAllocation = 816 << 20

    /// The log is disabled: it is process-wide and does not name the upload. One message of it is intercepted, because there is
    /// no other sign of too many streams: most demuxers report them as a lack of memory or as damage.
    private static let isPrepared: Bool = {
        av_log_set_level(AV_LOG_QUIET)
        av_log_set_callback { object, _, format, _ in
            guard let object, let format, strstr(format, "max_streams") != nil else { return }
            Libraries.noteStreamLimit(object)
        }
        av_max_alloc(maximumAllocation)
        return true
    }()

    /// `object` is the object that logs; it begins with a pointer to its class.
    private static func noteStreamLimit(_ object: UnsafeMutableRawPointer) {
        guard object.load(as: UnsafePointer<AVClass>?.self) == avformat_get_class() else { return }
        let context = object.assumingMemoryBound(to: AVFormatContext.self)
        guard let opaque = context.pointee.opaque else { return }
        InputContext.from(opaque).hasTooManyStreams = true
    }

    /// Must be called before any other function of the libraries.
    static func prepare() { _ = isPrepared }
}

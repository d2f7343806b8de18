import CFFmpeg

/// What holds for FFmpeg's libraries in the whole process: they keep such settings for themselves.
enum Libraries {
    /// The largest single allocation: four 16-bit values for each of 64 million pixels. A table that claims more entries
    /// than a file could ever use is refused by it before it fills the memory.
    private static let maximumAllocation = 528 << 20

    /// Their log is one per process and names nobody's upload: it says nothing.
    private static let isPrepared: Bool = {
        av_log_set_level(AV_LOG_QUIET)
        av_max_alloc(maximumAllocation)
        return true
    }()

    /// Called before anything else of theirs is.
    static func prepare() { _ = isPrepared }
}

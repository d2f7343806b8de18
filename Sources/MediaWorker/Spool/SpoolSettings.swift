import Threads

/// Where and how much of an upload is kept for its inspection.
struct SpoolSettings: Sendable {
    /// The most bytes of a file that is kept whole in memory.
    var memoryLimit: Int
    /// How much of a larger ISO base media file is kept.
    var boxes = BoxWalker.Limits()
    /// Where files that must be kept whole go beyond that.
    var directory: String
    /// Where everything that touches the disk runs.
    var threads: ThreadPool

    /// How much may arrive before a file is taken for a video, where only its end tells (an MP4 whose index comes last can
    /// be either): as long as all of it is certainly kept.
    var undecidedBytes: Int { min(8 << 20, boxes.mediaData / 2, memoryLimit / 4) }
}

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
}

import Threads

/// Where and how much of an upload is kept for its inspection.
struct SpoolSettings: Sendable {
    /// The most bytes kept in memory.
    var memoryLimit: Int
    /// Where files that must be kept whole go beyond that.
    var directory: String
    /// Where everything that touches the disk runs.
    var threads: ThreadPool
}

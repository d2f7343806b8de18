import Concurrency

/// Where, and how much of, an upload is kept for its inspection.
struct SpoolSettings: Sendable {
    /// The maximum size of a file that is kept whole in memory, in bytes.
    var memoryLimit: Int
    /// How much of a larger ISO base media file is kept.
    var boxes: BoxWalker.Limits
    /// How many bytes of media data suffice for a first attempt to validate a file that is still arriving.
    var firstAttempt = 2 << 20
    /// The memory that all uploads share.
    var budget: MemoryBudget
    /// How long an upload waits for memory before it uses the disk instead: other uploads hold theirs for as long as their clients
    /// take.
    var memoryTimeout: Duration = .seconds(5)
    /// The directory for files that must be kept whole and are larger.
    var directory: String
    /// The threads for disk access and other blocking calls.
    var threads: ThreadPool

    /// Creates settings. By default, what is kept of a large file is within `memoryLimit` too, unless that is less than some
    /// megabytes.
    init(
        memoryLimit: Int, boxes: BoxWalker.Limits? = nil, budget: MemoryBudget, directory: String, threads: ThreadPool
    ) {
        self.memoryLimit = memoryLimit
        self.boxes =
            boxes
            ?? BoxWalker.Limits(
                mediaData: min(16 << 20, max(memoryLimit / 4, 4 << 20)),
                others: min(32 << 20, max(memoryLimit / 2, 8 << 20)))
        self.budget = budget
        self.directory = directory
        self.threads = threads
    }

    /// The maximum memory of a sparse file, in bytes: what the walker keeps, and a page for each of a thousand skipped box headers. A
    /// file that needs more is an attack.
    var sparseLimit: Int { boxes.mediaData + boxes.others + (4 << 20) }

    /// How many bytes may arrive before a file counts as a video where only its end can tell (an MP4 with its index at the end may
    /// be audio): at most what is certainly kept whole.
    var undecidedBytes: Int { min(8 << 20, boxes.mediaData / 2, memoryLimit / 4) }
}

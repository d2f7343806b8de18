import Concurrency

/// Where and how much of an upload is kept for its inspection.
struct SpoolSettings: Sendable {
    /// The most bytes of a file that is kept whole in memory.
    var memoryLimit: Int
    /// How much of a larger ISO base media file is kept.
    var boxes: BoxWalker.Limits
    /// How much media data suffices for a first attempt to judge a file that is still arriving.
    var firstAttempt = 2 << 20
    /// What all uploads share.
    var budget: MemoryBudget
    /// How long an upload waits for a share of it before it goes to the disk instead: others keep theirs for as long as their
    /// clients take.
    var patience: Duration = .seconds(5)
    /// Where files that must be kept whole go beyond that.
    var directory: String
    /// Where everything that touches the disk runs, and whatever else blocks.
    var threads: ThreadPool

    /// What is kept of a large file fits into `memoryLimit` too, unless that is less than some megabytes or `boxes` says
    /// otherwise.
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

    /// The most that a sparse memory file may take, in bytes: what the walker keeps and, as each is a page, a thousand
    /// headers of boxes that it skips. More is not a film but an attempt on the memory.
    var sparseLimit: Int { boxes.mediaData + boxes.others + (4 << 20) }

    /// How much may arrive before a file is taken for a video, where only its end tells (an MP4 whose index comes last can
    /// be either): as long as all of it is certainly kept.
    var undecidedBytes: Int { min(8 << 20, boxes.mediaData / 2, memoryLimit / 4) }
}

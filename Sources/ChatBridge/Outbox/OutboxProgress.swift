/// The progress of the deliverer: which entries are queued for connections and still in the store.
struct OutboxProgress {
    /// Whether delivery has stopped.
    var isSuspended = false
    /// What was delivered, and is still to be removed from the store.
    private(set) var delivered: Set<Int> = []
    /// Whether entries before the lower bound may have been written since: other processes have written some.
    private var needsRescan = false
    /// What was queued and may be lost: it is still in the store, and is to be queued again.
    private var failed: Set<Int> = []
    /// Up to this sequence every entry in the store is queued, or of a dialect that is not served. Reading the store begins
    /// after it, so that the entries of slow connections, which stay there for a while, are not read again each time.
    private(set) var lowerBound = 0
    private var highest = 0
    private var queued: Set<Int> = []
    /// The queued entries that had waited for a retry: the store still has the time of that retry, which counts no more.
    private(set) var queuedRetries: Set<Int> = []

    /// The queued entries after the lower bound.
    var queuedAfterLowerBound: Set<Int> { lowerBound < highest ? queued.filter { $0 > lowerBound } : [] }

    /// An entry is being queued for its connections.
    mutating func queue(_ entry: OutboxEntry) {
        queued.insert(entry.sequence)
        if entry.attempts > 0 { queuedRetries.insert(entry.sequence) }
        highest = max(highest, entry.sequence)
    }

    /// An entry waits for a retry, and its recipient's later ones with it.
    mutating func postponed(_ entry: OutboxEntry) {
        queued.remove(entry.sequence)
        queuedRetries.remove(entry.sequence)
        highest = max(highest, entry.sequence)
    }

    /// The store has nothing else that is due: all its entries are queued, except those that wait for a retry and their
    /// recipients' later ones.
    /// - Parameter lowest: the first that waits for a retry, if any does.
    mutating func nothingIsDue(waiting lowest: Int?) {
        lowerBound = max(lowerBound, min(highest, (lowest ?? .max) - 1))
    }

    /// Other processes may have written entries with a lower sequence than the last one that was read.
    mutating func rescan() { needsRescan = true }

    /// An entry that was queued may be lost.
    mutating func hasFailed(_ sequence: Int) { failed.insert(sequence) }

    /// Whether entries may have been lost since the store was read.
    var hasFailures: Bool { !failed.isEmpty }

    /// The store is about to be read: lowers the bound where that is necessary.
    mutating func beginReading() {
        queued.subtract(failed)
        queuedRetries.subtract(failed)
        if needsRescan || !failed.isEmpty { lowerBound = 0 }
        (needsRescan, failed) = (false, [])
    }

    /// The last reference to an entry's receipt was released.
    mutating func wasDelivered(_ sequence: Int) { delivered.insert(sequence) }

    /// Entries were removed from the store.
    mutating func removed(_ sequences: Set<Int>) {
        delivered.subtract(sequences)
        queued.subtract(sequences)
        queuedRetries.subtract(sequences)
    }
}

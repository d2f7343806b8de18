/// How far the deliverer has come: which entries are queued for connections and still in the store.
struct OutboxProgress {
    /// Nothing is told any more.
    var isSuspended = false
    /// What was delivered, and is still to be taken out of the store.
    private(set) var delivered: Set<Int> = []
    /// Up to this sequence every entry in the store is among those that are queued, or of a dialect that is not served. So
    /// slow connections, whose entries stay there for a while, cost the others no time when the store is read.
    private(set) var floor = 0
    private var highest = 0
    private var queued: Set<Int> = []
    /// Those of the queued that had waited for a retry before: the store would name their time again and again.
    private(set) var queuedRetries: Set<Int> = []

    /// What is queued, of what the store returns.
    var queuedAboveFloor: Set<Int> { floor < highest ? queued.filter { $0 > floor } : [] }

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

    /// The store has nothing that is due, and what it has above the floor is queued, but for what waits for a retry and its
    /// recipients' later entries.
    /// - Parameter lowest: the first that waits for a retry, if any does.
    mutating func nothingIsDue(waiting lowest: Int?) { floor = max(floor, min(highest, (lowest ?? .max) - 1)) }

    /// The last owner of an entry's receipt has let go.
    mutating func wasDelivered(_ sequence: Int) { delivered.insert(sequence) }

    /// Entries are no longer in the store.
    mutating func takenOut(_ sequences: Set<Int>) {
        delivered.subtract(sequences)
        queued.subtract(sequences)
        queuedRetries.subtract(sequences)
    }
}

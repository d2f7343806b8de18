import FFmpeg

/// The jobs that wait for a worker. A pure state machine: each event returns the next action.
///
/// There is a first-in, first-out queue for each of three priorities. Quick jobs (heads, small files) go first, so that a voice
/// message does not wait behind films; after some of them in a row a long one is next all the same. Objects that are read from a
/// store keep a worker waiting: they alternate with long jobs, and may not occupy every worker.
struct JobQueue<Job: Sendable> {
    /// What a job will probably cost.
    enum Priority: CaseIterable { case quick, long, stored }

    /// A waiting job.
    struct Entry: Sendable {
        let id: Int
        let priority: Priority
        let since: ContinuousClock.Instant
        var job: Job
    }

    /// The number of quick jobs in a row after which another one is next.
    static var maximumConsecutiveQuick: Int { 4 }

    private let capacity: Int
    private let storedLimit: Int
    private var queues: [Priority: [Entry]] = [:]
    private var consecutiveQuickJobs = 0
    private var wasStored = false
    private var storedRunning = 0

    /// Creates a queue in which at most `capacity` jobs wait.
    /// - Parameter storedLimit: how many workers stored objects may occupy at once.
    init(capacity: Int, storedLimit: Int) {
        precondition(storedLimit > 0)
        self.capacity = capacity
        self.storedLimit = storedLimit
    }

    /// How many jobs wait.
    var count: Int { queues.values.reduce(0) { $0 + $1.count } }

    /// Appends a job; returns `false` when the queue is full.
    mutating func append(_ entry: Entry) -> Bool {
        guard count < capacity else { return false }
        queues[entry.priority, default: []].append(entry)
        return true
    }

    /// Inserts a job that has already been running before all others of its priority.
    mutating func requeue(_ entry: Entry) {
        queues[entry.priority, default: []].insert(entry, at: 0)
    }

    /// Removes and returns the job that is next. When it has ended, the caller must call ``finished(_:)``.
    mutating func next() -> Entry? {
        guard let priority = nextPriority else { return nil }
        consecutiveQuickJobs = priority == .quick ? consecutiveQuickJobs + 1 : 0
        if priority != .quick { wasStored = priority == .stored }
        if priority == .stored { storedRunning += 1 }
        return queues[priority]?.removeFirst()
    }

    /// Notes that a job no longer occupies its worker.
    mutating func finished(_ priority: Priority) {
        if priority == .stored { storedRunning -= 1 }
    }

    /// Removes a waiting job.
    mutating func remove(_ id: Int) -> Entry? {
        for priority in Priority.allCases {
            if let index = queues[priority]?.firstIndex(where: { $0.id == id }) {
                return queues[priority]?.remove(at: index)
            }
        }
        return nil
    }

    /// Removes the jobs that have waited since before `time`.
    mutating func removeAll(before time: ContinuousClock.Instant) -> [Entry] {
        Priority.allCases.flatMap { priority -> [Entry] in
            let late = queues[priority]?.filter { $0.since < time } ?? []
            if !late.isEmpty { queues[priority]?.removeAll { $0.since < time } }
            return late
        }
    }

    /// Removes all jobs.
    mutating func removeAll() -> [Entry] {
        defer { queues = [:] }
        return Priority.allCases.flatMap { queues[$0] ?? [] }
    }

    private var nextPriority: Priority? {
        let mayStartStored = has(.stored) && storedRunning < storedLimit
        let other: Priority? =
            switch (has(.long), mayStartStored) {
            case (true, true): wasStored ? .long : .stored
            case (true, false): .long
            case (false, true): .stored
            case (false, false): nil
            }
        if has(.quick), consecutiveQuickJobs < Self.maximumConsecutiveQuick || other == nil { return .quick }
        return other
    }

    private func has(_ priority: Priority) -> Bool { queues[priority]?.isEmpty == false }
}

extension JobQueue.Priority where Job == PendingJob {
    /// A file of at most this many bytes takes milliseconds, whatever it contains.
    private static var smallBytes: Int { 1 << 20 }

    init(_ job: InspectionJob) {
        switch job.place {
        case .ranges: self = .stored
        case .file: self = job.order.depth == .head || job.order.size <= Self.smallBytes ? .quick : .long
        }
    }
}

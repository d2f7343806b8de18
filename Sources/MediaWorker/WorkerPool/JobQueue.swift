import FFmpeg

/// The jobs that wait for a worker. Told what happens, says whose turn it is.
///
/// There are three lanes, each first come, first served. What is quick (heads, small files) goes first, so that a voice
/// message does not wait behind films; after some of them in a row a long one has its turn all the same. Objects that are
/// read from a store keep a worker waiting: they take turns with the long ones, and not every worker is theirs.
struct JobQueue<Job: Sendable> {
    /// What a job will probably cost.
    enum Priority: CaseIterable { case quick, long, stored }

    /// A job that waits.
    struct Entry: Sendable {
        let id: Int
        let lane: Priority
        let since: ContinuousClock.Instant
        var job: Job
    }

    /// Quick jobs in a row after which another one has its turn.
    static var quickInARow: Int { 4 }

    private let capacity: Int
    private let storedLimit: Int
    private var lanes: [Priority: [Entry]] = [:]
    private var quickTurns = 0
    private var wasStored = false
    private var storedRunning = 0

    /// A line in which at most `capacity` jobs wait.
    /// - Parameter storedLimit: how many stored objects may have a worker at once.
    init(capacity: Int, storedLimit: Int) {
        precondition(storedLimit > 0)
        self.capacity = capacity
        self.storedLimit = storedLimit
    }

    /// How many wait.
    var count: Int { lanes.values.reduce(0) { $0 + $1.count } }

    /// Puts a job in line; returns whether there was room.
    mutating func append(_ entry: Entry) -> Bool {
        guard count < capacity else { return false }
        lanes[entry.lane, default: []].append(entry)
        return true
    }

    /// Puts a job that had its turn already in front of its lane.
    mutating func requeue(_ entry: Entry) {
        lanes[entry.lane, default: []].insert(entry, at: 0)
    }

    /// Takes out the job whose turn it is; ``ended(_:)`` is owed for it.
    mutating func next() -> Entry? {
        guard let lane = laneToServe else { return nil }
        quickTurns = lane == .quick ? quickTurns + 1 : 0
        if lane != .quick { wasStored = lane == .stored }
        if lane == .stored { storedRunning += 1 }
        return lanes[lane]?.removeFirst()
    }

    /// Notes that a job has given its worker back.
    mutating func ended(_ lane: Priority) {
        if lane == .stored { storedRunning -= 1 }
    }

    /// Takes a job out of the line.
    mutating func remove(_ id: Int) -> Entry? {
        for lane in Priority.allCases {
            if let index = lanes[lane]?.firstIndex(where: { $0.id == id }) { return lanes[lane]?.remove(at: index) }
        }
        return nil
    }

    /// Takes out those that have waited since before `moment`.
    mutating func removeAll(before moment: ContinuousClock.Instant) -> [Entry] {
        Priority.allCases.flatMap { lane -> [Entry] in
            let late = lanes[lane]?.filter { $0.since < moment } ?? []
            if !late.isEmpty { lanes[lane]?.removeAll { $0.since < moment } }
            return late
        }
    }

    /// Takes out all.
    mutating func removeAll() -> [Entry] {
        defer { lanes = [:] }
        return Priority.allCases.flatMap { lanes[$0] ?? [] }
    }

    private var laneToServe: Priority? {
        let mayStore = has(.stored) && storedRunning < storedLimit
        let other: Priority? =
            switch (has(.long), mayStore) {
            case (true, true): wasStored ? .long : .stored
            case (true, false): .long
            case (false, true): .stored
            case (false, false): nil
            }
        if has(.quick), quickTurns < Self.quickInARow || other == nil { return .quick }
        return other
    }

    private func has(_ lane: Priority) -> Bool { lanes[lane]?.isEmpty == false }
}

extension JobQueue.Priority where Job == PendingJob {
    /// A file of that many bytes takes milliseconds, whatever it is.
    private static var smallBytes: Int { 1 << 20 }

    init(_ job: InspectionJob) {
        switch job.place {
        case .ranges: self = .stored
        case .file: self = job.order.depth == .head || job.order.size <= Self.smallBytes ? .quick : .long
        }
    }
}

import Concurrency
import MediaModel
import Synchronization

/// Assigns jobs to workers: tasks submit jobs, and each worker slot's thread asks for the next one.
final class JobDispatcher: Sendable {
    typealias Entry = JobQueue<PendingJob>.Entry

    /// What a slot's thread does next.
    enum NextAction {
        case run(Entry)
        /// Wait until the slot's event is signalled.
        case wait
        case exit
    }

    private struct State {
        var queue: JobQueue<PendingJob>
        var idle: Set<Int> = []
        /// Slots whose worker could not be started.
        var broken: Set<Int> = []
        /// The identifier of the running job, by slot.
        var running: [Int: Int] = [:]
        var cancelled: Set<Int> = []
        var isClosing = false
        var statistics = WorkerStatistics()
        var nextID = 0
    }

    private let state: Mutex<State>
    private let events: [EventFD]
    private let longestWait: Double

    /// Creates a dispatcher with a slot for each of `events`.
    init(_ settings: ProcessPoolSettings, events: [EventFD]) {
        self.events = events
        longestWait = settings.longestWait
        state = Mutex(State(queue: JobQueue(capacity: settings.maximumWaiting, storedLimit: settings.storedLimit)))
    }

    /// How many slots there are.
    var slotCount: Int { events.count }

    /// The counters, and the current numbers of jobs.
    var statistics: WorkerStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.waiting = state.queue.count
            statistics.running = state.running.count
            return statistics
        }
    }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Changes the counters.
    func count(_ change: @Sendable (inout WorkerStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }

    /// A new identifier for a job.
    func newID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    /// Queues a job. It fails at once when it cannot be queued.
    func submit(_ pending: PendingJob, id: Int) {
        let entry = Entry(id: id, priority: .init(pending.job), since: .now, job: pending)
        let (error, slot): (MediaError?, Int?) = state.withLock { state in
            let error: MediaError? =
                if state.isClosing { .shuttingDown } else if state.broken.count == events.count { .noWorker } else {
                    state.queue.append(entry) ? nil : .tooManyWaiting
                }
            if error != nil { state.statistics.rejectedJobs += 1 }
            return (error, error == nil ? state.idle.popFirst() : nil)
        }
        if let error { pending.complete(.failure(error)) }
        if let slot { events[slot].signal() }
    }

    /// Cancels a job, waiting or running.
    func cancel(_ id: Int) {
        let (entry, slot): (Entry?, Int?) = state.withLock { state in
            if let entry = state.queue.remove(id) {
                state.statistics.cancelled += 1
                return (entry, nil)
            }
            guard let slot = state.running.first(where: { $0.value == id })?.key else { return (nil, nil) }
            state.cancelled.insert(id)
            return (nil, slot)
        }
        entry?.job.complete(.failure(.cancelled))
        if let slot { events[slot].signal() }
    }

    func isCancelled(_ id: Int) -> Bool { state.withLock { $0.cancelled.contains(id) } }

    /// What the thread of `slot`, whose worker is free, does next. Jobs that have waited for too long fail first.
    func nextAction(for slot: Int) -> NextAction {
        let (late, action): ([Entry], NextAction) = state.withLock { state in
            if state.isClosing { return ([], .exit) }
            let now = ContinuousClock.now
            let late = state.queue.removeAll(before: now - .seconds(longestWait))
            state.statistics.rejectedJobs += late.count
            guard let entry = state.queue.next() else {
                state.idle.insert(slot)
                return (late, .wait)
            }
            state.idle.remove(slot)
            state.running[slot] = entry.id
            state.statistics.started += 1
            state.statistics.waitSeconds += (now - entry.since) / .seconds(1)
            return (late, .run(entry))
        }
        for entry in late { entry.job.complete(.failure(.tooManyWaiting)) }
        return action
    }

    /// Completes a job, `seconds` after its worker got it.
    func finish(_ entry: Entry, slot: Int, after seconds: Double, _ result: Result<Inspection, MediaError>) {
        state.withLock { state in
            release(entry, slot, seconds, &state)
            switch result {
            case .success: state.statistics.passed += 1
            case .failure(let error) where error.code == .cancelled: state.statistics.cancelled += 1
            case .failure: state.statistics.rejectedFiles += 1
            }
        }
        entry.job.complete(result)
    }

    /// Queues a job again, before all others of its priority.
    func retry(_ entry: Entry, slot: Int, after seconds: Double) {
        var entry = entry
        entry.job.isFirstAttempt = false
        let other: Int? = state.withLock { [entry] state in
            release(entry, slot, seconds, &state)
            state.statistics.retries += 1
            state.queue.requeue(entry)
            return state.idle.popFirst()
        }
        if let other { events[other].signal() }
    }

    private func release(_ entry: Entry, _ slot: Int, _ seconds: Double, _ state: inout State) {
        state.queue.finished(entry.priority)
        state.running[slot] = nil
        state.cancelled.remove(entry.id)
        state.statistics.workSeconds += seconds
    }

    /// Notes that the worker of `slot` has started.
    func workerStarted(_ slot: Int) {
        state.withLock { state in
            state.broken.remove(slot)
            state.statistics.starts += 1
            state.statistics.workers += 1
        }
    }

    /// Notes that the worker of `slot` has ended.
    func workerEnded(_ slot: Int) {
        state.withLock { state in
            state.idle.remove(slot)
            state.statistics.workers -= 1
        }
    }

    /// Notes that no worker can be started in `slot`. When that is so in every slot, all waiting jobs fail.
    func workerStartFailed(_ slot: Int) {
        let waiting: [Entry] = state.withLock { state in
            state.broken.insert(slot)
            state.statistics.failedStarts += 1
            guard state.broken.count == events.count else { return [] }
            let waiting = state.queue.removeAll()
            state.statistics.rejectedJobs += waiting.count
            return waiting
        }
        for entry in waiting { entry.job.complete(.failure(.noWorker)) }
    }

    /// Fails all waiting jobs and ends the slots' threads.
    func close() {
        let waiting: [Entry] = state.withLock { state in
            state.isClosing = true
            return state.queue.removeAll()
        }
        for entry in waiting { entry.job.complete(.failure(.shuttingDown)) }
        for event in events { event.signal() }
    }
}

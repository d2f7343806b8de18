import Concurrency
import Logging
import MediaModel
import Synchronization

/// A job and whoever waits for it.
struct PendingJob: Sendable {
    var job: InspectionJob
    var isFirstAttempt = true
    let answer: CheckedContinuation<Result<Inspection, MediaError>, Never>
}

/// Where jobs and workers meet: tasks bring the one, a thread for each worker comes for them.
final class JobDispatcher: Sendable {
    typealias Entry = JobQueue<PendingJob>.Entry

    /// What a worker's thread does next.
    enum NextAction {
        case job(Entry)
        /// Wait for the bell.
        case wait
        case leave
    }

    private struct State {
        var line: JobQueue<PendingJob>
        var idle: Set<Int> = []
        /// Seats whose last worker could not be started.
        var broken: Set<Int> = []
        /// The job of each seat.
        var running: [Int: Int] = [:]
        var cancelled: Set<Int> = []
        var isClosing = false
        var statistics = WorkerStatistics()
        var nextID = 0
    }

    private let state: Mutex<State>
    private let bells: [EventFD]
    private let longestWait: Double

    /// A floor with a seat for each of `bells`.
    init(_ settings: ProcessPoolSettings, bells: [EventFD]) {
        self.bells = bells
        longestWait = settings.longestWait
        state = Mutex(State(line: JobQueue(capacity: settings.maximumWaiting, storedLimit: settings.storedLimit)))
    }

    /// How many workers there are to be.
    var seats: Int { bells.count }

    /// How things stand.
    var statistics: WorkerStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.waiting = state.line.count
            statistics.running = state.running.count
            return statistics
        }
    }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Counts something.
    func count(_ change: @Sendable (inout WorkerStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }

    /// A name for the next job.
    func newID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    /// Brings a job. Who waits for it is answered at once when there is no room.
    func submit(_ work: PendingJob, id: Int) {
        let entry = Entry(id: id, lane: .init(work.job), since: .now, job: work)
        let (refusal, seat): (MediaError?, Int?) = state.withLock { state in
            let refusal: MediaError? =
                state.isClosing
                ? .shuttingDown
                : state.broken.count == bells.count
                    ? .noWorker : state.line.append(entry) ? nil : .tooManyWaiting
            if refusal != nil { state.statistics.turnedAway += 1 }
            return (refusal, refusal == nil ? state.idle.popFirst() : nil)
        }
        if let refusal { work.answer.resume(returning: .failure(refusal)) }
        if let seat { bells[seat].signal() }
    }

    /// Nobody waits for a job any more.
    func cancel(_ id: Int) {
        let (entry, seat): (Entry?, Int?) = state.withLock { state in
            if let entry = state.line.remove(id) {
                state.statistics.cancelled += 1
                return (entry, nil)
            }
            guard let seat = state.running.first(where: { $0.value == id })?.key else { return (nil, nil) }
            state.cancelled.insert(id)
            return (nil, seat)
        }
        entry?.job.answer.resume(returning: .failure(.cancelled))
        if let seat { bells[seat].signal() }
    }

    func isCancelled(_ id: Int) -> Bool { state.withLock { $0.cancelled.contains(id) } }

    /// What the thread of `seat`, whose worker is free, does next. Those that have waited for too long are sent away first.
    func turn(of seat: Int) -> NextAction {
        let (late, turn): ([Entry], NextAction) = state.withLock { state in
            if state.isClosing { return ([], .leave) }
            let now = ContinuousClock.now
            let late = state.line.removeAll(before: now - .seconds(longestWait))
            state.statistics.turnedAway += late.count
            guard let entry = state.line.next() else {
                state.idle.insert(seat)
                return (late, .wait)
            }
            state.idle.remove(seat)
            state.running[seat] = entry.id
            state.statistics.begun += 1
            state.statistics.waited += (now - entry.since) / .seconds(1)
            return (late, .job(entry))
        }
        for entry in late { entry.job.answer.resume(returning: .failure(.tooManyWaiting)) }
        return turn
    }

    /// A job has ended, `seconds` after its worker got it.
    func finish(_ entry: Entry, seat: Int, after seconds: Double, _ result: Result<Inspection, MediaError>) {
        state.withLock { state in
            leave(entry, seat, seconds, &state)
            switch result {
            case .success: state.statistics.passed += 1
            case .failure(let error) where error.code == .cancelled: state.statistics.cancelled += 1
            case .failure: state.statistics.refused += 1
            }
        }
        entry.job.answer.resume(returning: result)
    }

    /// A job goes to another worker, first of its lane.
    func retry(_ entry: Entry, seat: Int, after seconds: Double) {
        var entry = entry
        entry.job.isFirstAttempt = false
        let other: Int? = state.withLock { [entry] state in
            leave(entry, seat, seconds, &state)
            state.statistics.retries += 1
            state.line.requeue(entry)
            return state.idle.popFirst()
        }
        if let other { bells[other].signal() }
    }

    private func leave(_ entry: Entry, _ seat: Int, _ seconds: Double, _ state: inout State) {
        state.line.ended(entry.lane)
        state.running[seat] = nil
        state.cancelled.remove(entry.id)
        state.statistics.worked += seconds
    }

    /// The seat has a worker.
    func opened(_ seat: Int) {
        state.withLock { state in
            state.broken.remove(seat)
            state.statistics.starts += 1
            state.statistics.workers += 1
        }
    }

    /// The seat's worker has gone.
    func vacated(_ seat: Int) {
        state.withLock { state in
            state.idle.remove(seat)
            state.statistics.workers -= 1
        }
    }

    /// The seat cannot have a worker. Where none can, nobody is kept waiting.
    func failed(_ seat: Int) {
        let waiting: [Entry] = state.withLock { state in
            state.broken.insert(seat)
            state.statistics.failedStarts += 1
            guard state.broken.count == bells.count else { return [] }
            let waiting = state.line.removeAll()
            state.statistics.turnedAway += waiting.count
            return waiting
        }
        for entry in waiting { entry.job.answer.resume(returning: .failure(.noWorker)) }
    }

    /// Sends everybody away.
    func close() {
        let waiting: [Entry] = state.withLock { state in
            state.isClosing = true
            return state.line.removeAll()
        }
        for entry in waiting { entry.job.answer.resume(returning: .failure(.shuttingDown)) }
        for bell in bells { bell.signal() }
    }
}

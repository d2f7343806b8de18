import ChatBridge
import Concurrency
import Logging
import Redis
import Synchronization

/// Takes items from the queue and processes several of them concurrently.
final class ItemConsumer: Sendable {
    private struct State {
        var running: [String: Running] = [:]
        var taking: Task<Void, Never>?
        /// Whether nothing more is taken.
        var isFinishing = false
        /// Whether what was taken is given back.
        var isCancelled = false
        /// When entries are next taken over from nodes that are not heard of. Not before those that are alive could extend
        /// theirs, after Redis could not be reached.
        var nextTakeover: ContinuousClock.Instant
        var isFailing = false
    }

    /// What is being done about an entry.
    private struct Running {
        let job: String
        var task: Task<Void, Never>?
        /// The number of the item, once it was begun.
        var item: Int?
    }

    private let store: any MediaJobStore
    private let queue: ItemQueue
    private let processor: ItemProcessor
    private let concurrency: Int
    private let attempts: Int
    private let onChange: @Sendable () -> Void
    private let logger: Logger
    private let signal = WakeSignal()
    private let state: Mutex<State>

    /// How long to wait for new entries when there were none.
    private static let idlePause = Duration.milliseconds(500)
    /// How often it is checked whether this node still has what it processes, at least.
    private static let longestCheckInterval = Duration.seconds(2)

    /// - Parameter onChange: called when a derivative was created again: the old thumbnail may be marked for deletion.
    init(
        store: any MediaJobStore, queue: ItemQueue, reprocessor: Reprocessor, settings: ReprocessSettings,
        onChange: @escaping @Sendable () -> Void, logger: Logger
    ) {
        self.store = store
        self.queue = queue
        processor = ItemProcessor(
            store: store, reprocessor: reprocessor, attempts: settings.attempts, logger: logger)
        concurrency = settings.concurrency
        attempts = settings.attempts
        self.onChange = onChange
        self.logger = logger
        state = Mutex(State(nextTakeover: .now + queue.expiry))
    }

    /// Processes items until ``finish()`` is called, and what was taken has ended. When the task is cancelled, what was taken is
    /// given back.
    func run() async {
        let checks = Task { await checkPeriodically() }
        state.withLock { state in
            state.taking = Task { await signal.run { await takeItems() } }
            if state.isFinishing { state.taking?.cancel() }
        }
        await withTaskCancellationHandler {
            await finished()
        } onCancel: {
            let tasks = state.withLock { state in
                state.isCancelled = true
                state.taking?.cancel()
                return state.running.values.compactMap(\.task)
            }
            tasks.forEach { $0.cancel() }
        }
        checks.cancel()
        await checks.value
        await queue.leave()
    }

    /// Takes no further items, and waits until what was taken has ended.
    func finish() async {
        state.withLock { state in
            state.isFinishing = true
            state.taking?.cancel()
        }
        await finished()
    }

    /// Whether ``finish()`` was called.
    var isFinishing: Bool { state.withLock { $0.isFinishing } }

    private func finished() async {
        await state.withLock { $0.taking }?.value
        while let task = state.withLock({ $0.running.values.lazy.compactMap(\.task).first }) { await task.value }
    }

    /// Gives back what was taken of a job.
    func cancel(_ job: String) {
        let tasks = state.withLock { $0.running.values.filter { $0.job == job }.compactMap(\.task) }
        tasks.forEach { $0.cancel() }
    }

    // MARK: Taking

    /// Takes as many items as can be processed now. Returns after how long to look again; `nil` to wait until one has ended.
    private func takeItems() async -> Duration? {
        let free = concurrency - state.withLock { $0.running.count }
        guard free > 0 else { return nil }
        do throws(RedisError) {
            var items: [QueuedItem] = []
            if state.withLock({ $0.nextTakeover <= .now }) {
                items = try await queue.takeOver(limit: free)
                state.withLock { $0.nextTakeover = .now + queue.expiry / 3 }
            }
            if items.count < free { items += try await queue.take(limit: free - items.count) }
            state.withLock { $0.isFailing = false }
            for item in items { start(item) }
            return items.isEmpty ? Self.idlePause : .zero
        } catch {
            let isNew = state.withLock { state in
                state.nextTakeover = .now + queue.expiry
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNew { logger.warning("items of jobs cannot be taken", ["error": "\(error)"]) }
            return .seconds(1)
        }
    }

    private func start(_ entry: QueuedItem) {
        let isNew = state.withLock { state in
            guard state.running[entry.id] == nil else { return false }
            state.running[entry.id] = Running(job: entry.job)
            return true
        }
        // What this node itself has was taken over by it when Redis could not be reached for a while.
        guard isNew else { return }
        let task = Task {
            await process(entry)
            state.withLock { $0.running[entry.id] = nil }
            signal.wake()
        }
        let isCancelled = state.withLock { state in
            state.running[entry.id]?.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    // MARK: Processing

    private func process(_ entry: QueuedItem) async {
        do {
            // An item that was not begun stays in the job, and is added to the queue again.
            guard !Task.isCancelled,
                case .begun(let item, let request) = try await store.begin(
                    entry.item, of: entry.job, by: queue.consumer, isTakeover: entry.isTakeover)
            else { return queue.remove(entry.id) }
            state.withLock { $0.running[entry.id]?.item = item.number }
            let result = try await processor.process(item, request)
            if result.state == .done { onChange() }
            if result.state == .failed, item.attempts >= attempts, case .failed(let reason) = result.end {
                addDeadLetter(of: item, reason)
            }
            // An item that is not this node's any more may be another's under the same entry.
            if result.state != nil { queue.remove(entry.id) }
        } catch {
            // The entry stays in the queue, and is taken over by some node after a while.
            logger.warning("an item of a job waits for the chat store", ["job": entry.job, "cause": "\(error)"])
        }
    }

    private func addDeadLetter(of item: MediaJobItem, _ reason: MediaJobItem.Reason) {
        logger.warning(
            "an object was given up after several attempts",
            ["job": item.job, "object": item.object, "code": reason.code, "cause": reason.message])
        queue.add(
            ItemDeadLetter(
                job: item.job, item: item.number, object: item.object, attempts: item.attempts, code: reason.code,
                message: reason.message))
    }

    // MARK: Checks

    /// Keeps what is being processed from being taken over, and abandons what is not this node's any more: its job was
    /// cancelled, or the node was taken for dead.
    private func checkPeriodically() async {
        do throws(RedisError) { try await queue.forgetConsumers() } catch {
            logger.debug("nodes that are gone stay in the group", ["error": "\(error)"])
        }
        while (try? await Task.sleep(for: min(queue.expiry / 3, Self.longestCheckInterval))) != nil {
            let running = state.withLock { $0.running }
            do {
                try await queue.extend(Set(running.keys))
            } catch {
                logger.debug("entries cannot be extended", ["error": "\(error)"])
            }
            let items = running.values.compactMap(\.item)
            // What cannot be checked now is checked the next time.
            guard !items.isEmpty, let held = try? await store.heldItems(among: items, by: queue.consumer) else {
                continue
            }
            for entry in running.values { if let item = entry.item, !held.contains(item) { entry.task?.cancel() } }
        }
    }
}

public import ChatBridge
public import Foundation
public import Logging
import Synchronization

/// Executes a job: several media concurrently, each started and ended in the store, so that another runner can continue
/// after a crash.
public final class JobRunner: Sendable {
    /// How a run ended.
    public enum End: Sendable, Hashable {
        /// All items have been processed: the job has ended.
        case completed
        /// The runner was stopped; another one can continue the job.
        case stopped
        /// The job was taken over by another runner or cancelled.
        case lost
    }

    private let store: any MediaJobStore
    private let processor: ItemProcessor
    private let settings: ReprocessSettings
    let runner: String
    private let onChange: @Sendable () -> Void
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var counts = MediaJob.Counts()
        var isStopping = false
        var isLost = false
    }

    /// A runner for one execution of a job.
    /// - Parameters:
    ///   - runner: its name, unique among all runners of all processes.
    ///   - onChange: called when a derivative was created again: the old thumbnail may be marked for deletion.
    public init(
        store: any MediaJobStore, reprocessor: Reprocessor, settings: ReprocessSettings,
        runner: String = UUID().uuidString,
        onChange: @escaping @Sendable () -> Void = {}, logger: Logger
    ) {
        self.store = store
        processor = ItemProcessor(
            store: store, reprocessor: reprocessor, attempts: settings.attempts, logger: logger)
        self.settings = settings
        self.runner = runner
        self.onChange = onChange
        self.logger = logger
    }

    /// The current numbers of items by state.
    public var counts: MediaJob.Counts { state.withLock { $0.counts } }

    /// Starts no further items; running ones are finished.
    public func stop() { state.withLock { $0.isStopping = true } }

    /// Whether ``stop()`` was called.
    public var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Claims the job for this runner.
    /// - Throws: `ChatError` when the store fails.
    public func claim(_ job: String) async throws -> MediaJobClaim {
        let claim = try await store.claim(job, by: runner, lease: .seconds(settings.lease))
        if case .granted(let job) = claim { state.withLock { $0.counts = job.counts } }
        return claim
    }

    /// Executes `job`, which has been claimed. When the task is cancelled, running items are abandoned.
    /// - Throws: `ChatError` when the store fails; another runner can continue the job then.
    public func run(_ job: MediaJob) async throws -> End {
        let heartbeat = Task { await renewLease(job) }
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withTaskCancellationHandler {
                    try await process(job)
                } onCancel: {
                    self.stop()
                })
        } catch { result = .failure(error) }
        heartbeat.cancel()
        if case .success = result, state.withLock({ !$0.isStopping && !$0.isLost }),
            try await store.complete(job.id, by: runner)
        {
            return .completed
        }
        do {
            try await store.release(job.id, by: runner)
        } catch {
            // Another runner can claim the job when the lease has expired.
            logger.warning("a job cannot be released", ["job": job.id, "error": "\(error)"])
        }
        try result.get()
        return state.withLock { $0.isLost } ? .lost : .stopped
    }

    private func process(_ job: MediaJob) async throws {
        let selector = JobSelector(store: store, objects: processor.reprocessor.objects)
        while !isOver,
            let added = try await selector.fill(job.id, job.request, by: runner, limit: settings.selectionPage)
        {
            state.withLock { $0.counts.items[.waiting, default: 0] += added }
        }
        state.withLock { $0.counts.isComplete = true }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<settings.concurrency { group.addTask { try await self.processItems(job) } }
            try await group.waitForAll()
        }
    }

    private func processItems(_ job: MediaJob) async throws {
        while !isOver {
            switch try await store.nextItem(of: job.id, by: runner) {
            case .item(let item): try await process(item, job)
            case .later(let wait):
                // The wait is short, so that a request to stop is noticed.
                try? await Task.sleep(for: min(max(wait, .milliseconds(10)), .milliseconds(500)))
            case .none: return
            case .lost: markLost()
            }
        }
    }

    private func process(_ item: MediaJobItem, _ job: MediaJob) async throws {
        move(from: .waiting, to: .running)
        guard let state = try await processor.process(item, job.request).state else { return markLost() }
        move(from: .running, to: state)
        if state == .done { onChange() }
    }

    /// Renews the lease of the job periodically.
    private func renewLease(_ job: MediaJob) async {
        while (try? await Task.sleep(for: .seconds(settings.lease / 3))) != nil {
            do {
                guard try await store.renewLease(job.id, by: runner) else { return markLost() }
            } catch {
                logger.warning("the lease of a job cannot be renewed", ["job": job.id, "cause": "\(error)"])
            }
        }
    }

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping || $0.isLost } }
    private func markLost() { state.withLock { $0.isLost = true } }

    private func move(from old: MediaJobItem.State, to new: MediaJobItem.State) {
        state.withLock {
            $0.counts.items[old, default: 0] -= 1
            $0.counts.items[new, default: 0] += 1
        }
    }
}

public import ChatBridge
public import Foundation
public import Logging
import Synchronization

/// Carries out a job: several media at once, each begun and ended in the store, so that whoever comes after a crash goes on
/// where this ended.
public final class JobRunner: Sendable {
    /// How a run ended.
    public enum End: Sendable, Hashable {
        /// No item is left: the job has ended.
        case completed
        /// It was told to stop; the job waits for somebody to go on.
        case stopped
        /// Somebody else has the job, or gave it up.
        case lost
    }

    private let store: any ReprocessStore
    private let reprocessor: Reprocessor
    private let settings: ReprocessSettings
    let runner: String
    private let onChange: @Sendable () -> Void
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var counts = ReprocessJob.Counts()
        var isStopping = false
        var isLost = false
    }

    /// A runner for one run.
    /// - Parameters:
    ///   - runner: its name among all runners of all processes.
    ///   - onChange: told when something was made anew: an old thumbnail may wait to be deleted.
    public init(
        store: any ReprocessStore, reprocessor: Reprocessor, settings: ReprocessSettings,
        runner: String = UUID().uuidString,
        onChange: @escaping @Sendable () -> Void = {}, logger: Logger
    ) {
        self.store = store
        self.reprocessor = reprocessor
        self.settings = settings
        self.runner = runner
        self.onChange = onChange
        self.logger = logger
    }

    /// Where the items stand now.
    public var counts: ReprocessJob.Counts { state.withLock { $0.counts } }

    /// Begins nothing more; what runs is finished.
    public func stop() { state.withLock { $0.isStopping = true } }

    /// Whether it was told to.
    public var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Takes the job on.
    public func claim(_ job: String) async throws -> ReprocessClaim {
        let claim = try await store.claim(job, by: runner, lease: .seconds(settings.lease))
        if case .granted(let job) = claim { state.withLock { $0.counts = job.counts } }
        return claim
    }

    /// Carries out `job`, which is claimed. When the task is cancelled, what runs is given up. Throws when the chat store
    /// fails; the job waits for somebody to go on then.
    public func run(_ job: ReprocessJob) async throws -> End {
        let heartbeat = Task { await keep(job) }
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withTaskCancellationHandler {
                    try await work(job)
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
        try? await store.release(job.id, by: runner)
        try result.get()
        return state.withLock { $0.isLost } ? .lost : .stopped
    }

    private func work(_ job: ReprocessJob) async throws {
        while !isOver, let added = try await store.fill(job.id, by: runner, limit: settings.selectionPage) {
            state.withLock { $0.counts.items[.waiting, default: 0] += added }
        }
        state.withLock { $0.counts.isComplete = true }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<settings.concurrency { group.addTask { try await self.workItems(job) } }
            try await group.waitForAll()
        }
    }

    private func workItems(_ job: ReprocessJob) async throws {
        while !isOver {
            switch try await store.nextItem(of: job.id, by: runner) {
            case .item(let item): try await work(item, job)
            case .later(let wait):
                // Never long, so that a request to stop is heard.
                try? await Task.sleep(for: min(max(wait, .milliseconds(10)), .milliseconds(500)))
            case .none: return
            case .lost: lose()
            }
        }
    }

    private func work(_ item: ReprocessItem, _ job: ReprocessJob) async throws {
        move(from: .waiting, to: .running)
        let outcome = await reprocessor.process(item, job.request)
        var ended = outcome.end
        do {
            let state = try await store.end(item, of: job.id, by: runner, ended, change: outcome.change)
            guard let state else {
                await reprocessor.discard(outcome.change)
                return lose()
            }
            move(from: .running, to: state)
            if state == .done { onChange() }
        } catch {
            await reprocessor.discard(outcome.change)
            // Once more, without what could not be kept; when that fails as well, the store is away.
            ended = item.end(after: error, attempts: settings.attempts)
            guard let state = try await store.end(item, of: job.id, by: runner, ended, change: nil) else {
                return lose()
            }
            move(from: .running, to: state)
        }
        if case .failed(let reason) = ended {
            logger.debug(
                "an object was not reprocessed",
                ["job": job.id, "object": item.object, "code": reason.code, "cause": reason.message])
        }
    }

    /// Says again and again that the job is still held.
    private func keep(_ job: ReprocessJob) async {
        while (try? await Task.sleep(for: .seconds(settings.lease / 3))) != nil {
            do {
                guard try await store.renewLease(job.id, by: runner) else { return lose() }
            } catch {
                logger.warning("a job cannot be held", ["job": job.id, "cause": "\(error)"])
            }
        }
    }

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping || $0.isLost } }
    private func lose() { state.withLock { $0.isLost = true } }

    private func move(from old: ReprocessItem.State, to new: ReprocessItem.State) {
        state.withLock {
            $0.counts.items[old, default: 0] -= 1
            $0.counts.items[new, default: 0] += 1
        }
    }
}

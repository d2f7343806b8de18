import ChatBridge
import Foundation
import Logging
import ObjectStore
import Redis
import Synchronization

/// Has the nodes process a job: selects its items, keeps a window of them in the queue, and ends the job when all have ended.
/// What it knows is in the chat store and in the queue, so that another node can go on at any time.
final class JobCoordinator: Sendable {
    private let store: any MediaJobStore
    private let queue: ItemQueue
    private let selector: JobSelector
    private let settings: ReprocessSettings
    private let runner = UUID().uuidString
    private let logger: Logger
    private let isLost = Mutex(false)

    /// - Parameter objects: where an import finds its items.
    init(
        store: any MediaJobStore, objects: any ObjectStore, queue: ItemQueue, settings: ReprocessSettings,
        logger: Logger
    ) {
        self.store = store
        selector = JobSelector(store: store, objects: objects)
        self.queue = queue
        self.settings = settings
        self.logger = logger
    }

    /// Claims the job.
    /// - Throws: `ChatError` when the store fails.
    func claim(_ job: String) async throws -> MediaJobClaim {
        try await store.claim(job, by: runner, lease: .seconds(settings.lease))
    }

    /// Coordinates `job`, which has been claimed, until it ends or the task is cancelled.
    /// - Throws: `ChatError` when the store fails; another coordinator can continue the job then.
    func run(_ job: String, _ request: MediaJobRequest) async throws -> JobRunner.End {
        let heartbeat = Task { await keep(job) }
        let result: Result<JobRunner.End, any Error>
        do { result = .success(try await feed(job, request)) } catch { result = .failure(error) }
        heartbeat.cancel()
        if case .success(.completed) = result { return .completed }
        do {
            try await store.release(job, by: runner)
        } catch {
            // Another coordinator can claim the job when the lease has expired.
            logger.warning("a job cannot be released", ["job": job, "error": "\(error)"])
        }
        return try result.get()
    }

    private func feed(_ job: String, _ request: MediaJobRequest) async throws -> JobRunner.End {
        var window = ItemWindow()
        var (isFilled, isFailing) = (false, false)
        while !Task.isCancelled, !isLost.withLock({ $0 }) {
            if !isFilled {
                isFilled = try await selector.fill(job, request, by: runner, limit: settings.selectionPage) == nil
            }
            guard let due = try await store.dueItems(of: job, by: runner, limit: window.size) else { return .lost }
            if due.isEmpty, isFilled, try await store.complete(job, by: runner) { return .completed }
            do throws(RedisError) {
                let queued = try await queue.items(of: job)
                let new = due.filter { !queued.contains($0) }
                try await queue.add(new, of: job)
                window.update(left: due.count - new.count, added: new.count)
                isFailing = false
            } catch {
                // The job waits until Redis can be reached again.
                if !isFailing { logger.warning("a job waits for redis", ["job": job, "error": "\(error)"]) }
                isFailing = true
                try? await Task.sleep(for: .seconds(1))
            }
            if isFilled { try? await Task.sleep(for: window.pause) }
        }
        return isLost.withLock { $0 } ? .lost : .stopped
    }

    /// Renews the lease of the job, and takes items back from processes that have ended.
    private func keep(_ job: String) async {
        while (try? await Task.sleep(for: .seconds(settings.lease / 3))) != nil {
            do {
                guard try await store.renewLease(job, by: runner) else { return isLost.withLock { $0 = true } }
                let count = try await store.requeueLostItems(of: job, by: runner) ?? 0
                if count > 0 {
                    logger.warning("items of nodes that have ended wait again", ["job": job, "items": "\(count)"])
                }
            } catch {
                logger.warning("the lease of a job cannot be renewed", ["job": job, "cause": "\(error)"])
            }
        }
    }
}

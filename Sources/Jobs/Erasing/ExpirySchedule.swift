public import ChatBridge
public import Foundation
public import Logging
public import MediaModel

/// Opens a job a day that deletes files which have expired, whichever node does it first: it has the day as its key. No job is opened where there
/// are no such files.
public struct ExpirySchedule: Sendable {
    private static let interval = Duration.seconds(600)
    private static let day: TimeInterval = 86_400

    private let ages: [MediaKind: TimeInterval]
    private let store: any MediaJobStore
    private let jobs: JobService
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// A schedule.
    /// - Parameter ages: after how many seconds files expire, by their kinds.
    public init(
        ages: [MediaKind: TimeInterval], store: any MediaJobStore, jobs: JobService,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.ages = ages
        self.store = store
        self.jobs = jobs
        self.now = now
        self.logger = logger
    }

    /// Opens jobs until the task is cancelled.
    public func run() async {
        guard !ages.isEmpty else { return }
        while !Task.isCancelled {
            do {
                _ = try await open()
            } catch  where error.isReadOnlyStore {
                logger.debug("expired files wait: the store is read-only")
            } catch {
                logger.warning("expired files cannot be searched for", ["cause": "\(error)"])
            }
            // Throws only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Opens the job of this day, if something has expired and there is none. What expires later on a day waits for the next.
    /// - Throws: `ChatError`.
    func open() async throws -> MediaJob? {
        let today = (now().timeIntervalSince1970 / Self.day).rounded(.down)
        let start = Date(timeIntervalSince1970: today * Self.day)
        let request = MediaJobRequest(
            expiring: ages.map { MediaJobRequest.Expiry(kind: $0.key, before: start - $0.value) })
        guard try await !store.select(request, after: nil, limit: 1).objects.isEmpty else { return nil }
        return try await jobs.open(request, idempotencyKey: "expiry:\(Int(today))")?.job
    }
}

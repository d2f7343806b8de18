public import ChatBridge
import Concurrency
public import MediaModel
import Synchronization

extension MongoDBChatStore {
    /// See ``MediaJobStore``.
    public func select(_ request: MediaJobRequest, after cursor: SelectionCursor?, limit: Int) async throws
        -> Selection
    {
        try await read { try $0.select(request, after: cursor, limit: limit) }
    }

    /// See ``MediaJobStore``.
    public func references(_ object: String) async throws -> Bool {
        try await read { try $0.isReferenced(object) }
    }

    /// See ``MediaJobStore``.
    public func records(of object: String) async throws -> [MediaRecord] {
        try await read { try $0.records(of: object) }
    }

    /// See ``MediaJobStore``.
    public func add(_ job: MediaJob) async throws -> MediaJob { try await transact { try $0.add(job) } }

    /// See ``MediaJobStore``.
    public func add(_ job: MediaJob, changing object: String, _ change: MediaChange) async throws -> Bool {
        try await transact { try $0.add(job, changing: object, change) }
    }

    /// See ``MediaJobStore``.
    public func job(_ id: String) async throws -> MediaJob? { try await read { try $0.job(id) } }

    /// See ``MediaJobStore``.
    public func jobs(of origin: MediaJob.Origin?, isOpen: Bool, limit: Int) async throws -> [MediaJob] {
        try await read { try $0.jobs(of: origin, isOpen: isOpen, limit: limit) }
    }

    /// See ``MediaJobStore``.
    public func openJobs(of origin: MediaJob.Origin, limit: Int) async throws -> [String] {
        try await read { try $0.openJobs(of: origin, limit: limit) }
    }

    /// See ``MediaJobStore``.
    public func cancelJob(_ id: String) async throws -> MediaJob? { try await transact { try $0.cancelJob(id) } }

    /// See ``MediaJobStore``.
    public func deleteEndedJobs(keeping count: Int) async throws {
        try await transact { try $0.deleteEndedJobs(keeping: count) }
    }

    /// See ``MediaJobStore``.
    public func claim(_ job: String, by runner: String, lease: Duration) async throws -> MediaJobClaim {
        let claim = try await transact { [self] transaction in
            try transaction.claim(job, by: runner) { row, isLive in
                isLive ? wait(for: row, lease: lease, at: transaction.uptime) : nil
            }
        }
        if case .granted = claim { _ = observedJobs.withLock { $0.removeValue(forKey: job) } }
        return claim
    }

    /// How long a runner that is known by its signs of life alone is still waited for; `nil` when it has given none for `lease`.
    private func wait(for row: MediaJobRow, lease: Duration, at uptime: Int) -> Duration? {
        guard lease > .zero, let runner = row.runner else { return nil }
        return observedJobs.withLock { observed in
            guard let seen = observed[row.job.id], seen.runner == runner, seen.beat == row.beat else {
                observed[row.job.id] = ObservedJob(runner: runner, beat: row.beat, since: uptime)
                return lease
            }
            let rest = lease.wholeMilliseconds - (uptime - seen.since)
            return rest > 0 ? .milliseconds(rest) : nil
        }
    }

    /// See ``MediaJobStore``.
    public func renewLease(_ job: String, by runner: String) async throws -> Bool {
        try await transact { try $0.renewLease(job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func fill(_ job: String, by runner: String, limit: Int) async throws -> Int? {
        // Selected outside the transaction: only the runner that has the job moves its cursor.
        let found = try await read { transaction -> Selection? in
            guard let row = try transaction.held(job, by: runner), !row.isFilled else { return nil }
            return try transaction.select(row.job.request, after: row.cursor, limit: limit)
        }
        guard let found else { return nil }
        return try await transact { try $0.add(found, to: job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func selectionPosition(of job: String, by runner: String) async throws -> SelectionPosition? {
        try await read { transaction in
            guard let row = try transaction.held(job, by: runner), !row.isFilled else { return nil }
            return SelectionPosition(request: row.job.request, cursor: row.cursor)
        }
    }

    /// See ``MediaJobStore``.
    public func add(_ page: Selection, to job: String, by runner: String) async throws -> Int? {
        try await transact { try $0.add(page, to: job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func nextItem(of job: String, by runner: String) async throws -> MediaJobNextItem {
        try await transact { try $0.nextItem(of: job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func dueItems(of job: String, by runner: String, limit: Int) async throws -> [Int]? {
        try await transact { try $0.dueItems(of: job, by: runner, limit: limit) }
    }

    /// See ``MediaJobStore``.
    public func requeueLostItems(of job: String, by runner: String) async throws -> Int? {
        try await transact { try $0.requeueLostItems(of: job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func begin(_ item: Int, of job: String, by holder: String, isTakeover: Bool) async throws -> MediaJobBegin {
        try await transact { try $0.begin(item, of: job, by: holder, isTakeover: isTakeover) }
    }

    /// See ``MediaJobStore``.
    public func heldItems(among items: [Int], by holder: String) async throws -> Set<Int> {
        try await read { try $0.heldItems(among: items, by: holder) }
    }

    /// See ``MediaJobStore``.
    public func reserve(_ object: String, for item: MediaJobItem) async throws {
        try await transact { try $0.reserve(object, for: item) }
    }

    /// See ``MediaJobStore``.
    public func end(_ item: MediaJobItem, _ end: MediaJobItem.End, change: MediaChange?) async throws
        -> MediaJobItem.State?
    {
        try await transact { try $0.end(item, end, change: change) }
    }

    /// See ``MediaJobStore``.
    public func complete(_ job: String, by runner: String) async throws -> Bool {
        try await transact { try $0.complete(job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func release(_ job: String, by runner: String) async throws {
        try await transact { try $0.release(job, by: runner) }
    }

    /// See ``MediaJobStore``.
    public func failures(of job: String, after number: Int, limit: Int) async throws -> [MediaJobFailure] {
        try await read { try $0.failures(of: job, after: number, limit: limit) }
    }
}

public import ChatBridge
import Concurrency
import Foundation
import MediaModel

/// A job and its row number.
struct MediaJobRow {
    var number: Int
    var job: MediaJob
    var cursor: SelectionCursor?
    var isFilled: Bool
    var runner: String?
    var runnerStart: Int
    var heartbeats: Int
}

/// What was last seen of a job that another runner has, and at which uptime that was new.
struct ObservedJob {
    var runner: String
    var heartbeats: Int
    var since: Int
}

extension SQLiteChatStore {
    /// See ``MediaJobStore``.
    public func add(_ job: MediaJob) throws -> MediaJob {
        try transact {
            if let key = job.idempotencyKey,
                let known = try jobRows(where: "idempotency_key = ?", [.text(key)]).first
            {
                return try counted(known)
            }
            try insert(job)
            return job
        }
    }

    /// See ``MediaJobStore``.
    public func add(_ job: MediaJob, changing object: String, _ change: MediaChange) throws -> Bool {
        try transact {
            guard try revise(object, change) != .skipped else { return false }
            try insert(job)
            return true
        }
    }

    /// Adds the jobs that make the pending renditions of new records, in the transaction that saves these.
    func insertRenditionJobs(of records: [MediaRecord], at date: Date) throws {
        try MediaJob.renditions(of: records, createdAt: date).forEach(insert)
    }

    /// Adds a job, unless one of its ID is there.
    private func insert(_ job: MediaJob) throws {
        try connection.run(
            """
            INSERT INTO reprocess_jobs (id, origin, specification, idempotency_key, state, created_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
            [
                .text(job.id), .text(job.origin.rawValue), .text(try StoredJSON.text(job.request)),
                SQLiteValue(job.idempotencyKey), .text(job.state.rawValue), .integer(job.createdAt.milliseconds),
            ])
    }

    /// See ``MediaJobStore``.
    public func job(_ id: String) throws -> MediaJob? { try translate { try jobRow(id).map(counted) } }

    /// See ``MediaJobStore``.
    public func jobs(of origin: MediaJob.Origin?, isOpen: Bool, limit: Int) throws -> [MediaJob] {
        try translate {
            let states = MediaJob.State.allCases.filter { !isOpen || !$0.isEnd }.map { "'\($0.rawValue)'" }
            return try jobRows(
                where: """
                    (?1 IS NULL OR origin = ?1) AND state IN (\(states.joined(separator: ", ")))
                    ORDER BY number DESC LIMIT ?2
                    """, [SQLiteValue(origin?.rawValue), .integer(limit)]
            ).map(counted)
        }
    }

    /// See ``MediaJobStore``.
    public func openJobs(of origin: MediaJob.Origin, limit: Int) throws -> [String] {
        try translate {
            let states = MediaJob.State.allCases.filter { !$0.isEnd }.map { "'\($0.rawValue)'" }
            return try connection.rows(
                """
                SELECT id FROM reprocess_jobs WHERE origin = ? AND state IN (\(states.joined(separator: ", ")))
                ORDER BY number LIMIT ?
                """, [.text(origin.rawValue), .integer(max(limit, 0))]
            ) { $0.text(0) }
        }
    }

    /// See ``MediaJobStore``.
    public func cancelJob(_ id: String) throws -> MediaJob? {
        try transact {
            guard let row = try jobRow(id) else { return nil }
            if let state = row.job.state.after(.cancelled) { try end(row, state) }
            return try jobRow(id).map(counted)
        }
    }

    /// See ``MediaJobStore``.
    public func deleteEndedJobs(keeping count: Int) throws {
        try transact {
            try connection.run(
                """
                DELETE FROM reprocess_jobs WHERE ended_at IS NOT NULL AND number NOT IN
                    (SELECT number FROM reprocess_jobs WHERE ended_at IS NOT NULL ORDER BY number DESC LIMIT ?)
                """, [.integer(max(count, 0))])
        }
    }

    /// See ``MediaJobStore``.
    public func claim(_ job: String, by runner: String, lease: Duration) throws -> MediaJobClaim {
        try transact {
            guard let row = try jobRow(job), let state = row.job.state.after(.claimed) else { return .ended }
            if let other = row.runner, other != runner, let wait = wait(for: other, of: row, lease: lease) {
                return .held(for: wait)
            }
            observedJobs[job] = nil
            try connection.run(
                """
                UPDATE reprocess_jobs SET state = ?2, runner = ?3, runner_start = ?4, beat = beat + 1,
                    started_at = coalesce(started_at, ?5)
                WHERE number = ?1
                """,
                [
                    .integer(row.number), .text(state.rawValue), .text(runner), .integer(start.number),
                    .integer(now().milliseconds),
                ])
            try requeueItems(of: row, heldBy: row.runner)
            // Items that wait for a time wait by the uptime of the process that had the job.
            try connection.run(
                "UPDATE reprocess_items SET not_before = 0 WHERE job = ? AND state = 'waiting' AND not_before <> 0",
                [.integer(row.number)])
            guard let claimed = try jobRow(job) else { return .ended }
            return .granted(try counted(claimed))
        }
    }

    /// See ``MediaJobStore``.
    public func renewLease(_ job: String, by runner: String) throws -> Bool {
        try transact(durable: false) {
            guard let number = try held(job, by: runner)?.number else { return false }
            try connection.run(
                "UPDATE reprocess_jobs SET beat = beat + 1 WHERE number = ?", [.integer(number)])
            return true
        }
    }

    /// See ``MediaJobStore``.
    public func complete(_ job: String, by runner: String) throws -> Bool {
        try transact {
            guard let row = try held(job, by: runner), row.isFilled, let state = row.job.state.after(.exhausted) else {
                return false
            }
            let isOpen = try connection.first(
                "SELECT 1 FROM reprocess_items WHERE job = ? AND state IN ('waiting', 'running')",
                [.integer(row.number)]
            ) { _ in true }
            guard isOpen == nil else { return false }
            try end(row, state)
            return true
        }
    }

    /// See ``MediaJobStore``.
    public func release(_ job: String, by runner: String) throws {
        try transact {
            guard let row = try held(job, by: runner) else { return }
            try connection.run("UPDATE reprocess_jobs SET runner = NULL WHERE number = ?", [.integer(row.number)])
            try requeueItems(of: row, heldBy: runner)
        }
    }

    /// The job, if it is `runner`'s and has not ended.
    func held(_ job: String, by runner: String) throws -> MediaJobRow? {
        guard let row = try jobRow(job), row.runner == runner, row.job.state == .running else { return nil }
        return row
    }

    /// How long a runner that is known by its signs of life alone is still waited for; `nil` when its process has ended, or it
    /// has given none for `lease`.
    private func wait(for runner: String, of row: MediaJobRow, lease: Duration) -> Duration? {
        guard lease > .zero, start.isLive(row.runnerStart) else { return nil }
        let uptime = uptimeMilliseconds
        guard let seen = observedJobs[row.job.id], seen.runner == runner, seen.heartbeats == row.heartbeats else {
            observedJobs[row.job.id] = ObservedJob(runner: runner, heartbeats: row.heartbeats, since: uptime)
            return lease
        }
        let rest = lease.wholeMilliseconds - (uptime - seen.since)
        return rest > 0 ? .milliseconds(rest) : nil
    }

    func jobRow(_ id: String) throws -> MediaJobRow? { try jobRows(where: "id = ?", [.text(id)]).first }

    private func end(_ row: MediaJobRow, _ state: MediaJob.State) throws {
        try connection.run(
            "UPDATE reprocess_jobs SET state = ?2, runner = NULL, ended_at = ?3 WHERE number = ?1",
            [.integer(row.number), .text(state.rawValue), .integer(now().milliseconds)])
        try writeWebhooks(at: now()) { row.job.origin == .rendition ? [] : [.finished(row.job)] }
        // Who holds an item does not any more, and its end will be rejected.
        try requeueItems(of: row) { _ in true }
        if state == .cancelled, let cancelled = row.job.cancellation {
            try revise(cancelled.object, cancelled.change)
        }
    }

    private func counted(_ row: MediaJobRow) throws -> MediaJob {
        let groups = try connection.rows(
            "SELECT state, count(*), sum(bytes) FROM reprocess_items WHERE job = ? GROUP BY state",
            [.integer(row.number)]
        ) { (state: MediaJobItem.State(rawValue: $0.text(0)) ?? .waiting, count: $0.integer(1), bytes: $0.integer(2)) }
        var job = row.job
        job.counts = MediaJob.Counts(
            items: Dictionary(groups.map { ($0.state, $0.count) }) { $0 + $1 }, isComplete: row.isFilled,
            bytes: groups.filter { $0.state == .done }.reduce(0) { $0 + $1.bytes })
        return job
    }

    private func jobRows(where condition: String, _ values: [SQLiteValue]) throws -> [MediaJobRow] {
        try connection.rows(
            """
            SELECT number, id, origin, specification, idempotency_key, state, created_at, started_at, ended_at, cursor,
                is_filled, runner, runner_start, beat
            FROM reprocess_jobs WHERE \(condition)
            """, values
        ) { row in
            var job = MediaJob(
                id: row.text(1), origin: MediaJob.Origin(rawValue: row.text(2)) ?? .command,
                request: try StoredJSON.value(row.text(3)), idempotencyKey: row.optionalText(4),
                createdAt: Date(milliseconds: row.integer(6)))
            job.state = MediaJob.State(rawValue: row.text(5)) ?? .cancelled
            job.startedAt = row.optionalInteger(7).map(Date.init(milliseconds:))
            job.endedAt = row.optionalInteger(8).map(Date.init(milliseconds:))
            return MediaJobRow(
                number: row.integer(0), job: job, cursor: try row.optionalText(9).map { try StoredJSON.value($0) },
                isFilled: row.integer(10) != 0, runner: row.optionalText(11),
                runnerStart: row.integer(12), heartbeats: row.integer(13))
        }
    }
}

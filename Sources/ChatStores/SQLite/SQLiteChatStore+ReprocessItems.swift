public import ChatBridge
import Concurrency
import Foundation
import MediaModel

extension SQLiteChatStore {
    /// See ``ReprocessStore``.
    public func fill(_ job: String, by runner: String, limit: Int) throws -> Int? {
        // Selected outside the transaction: only the runner that has the job moves its cursor.
        guard let row = try translate({ try held(job, by: runner) }), !row.isFilled else { return nil }
        let found = try select(row.job.request, after: row.cursor, limit: limit)
        return try transact {
            guard let row = try held(job, by: runner) else { return nil }
            var added = 0
            for object in found.objects {
                added += try connection.change(
                    "INSERT OR IGNORE INTO reprocess_items (job, object) VALUES (?, ?)",
                    [.integer(row.number), .text(object)])
            }
            try connection.run(
                "UPDATE reprocess_jobs SET cursor = ?2, is_filled = ?3 WHERE number = ?1",
                [
                    .integer(row.number), SQLiteValue(try StoredJSON.optionalText(found.next)),
                    .integer(found.next == nil ? 1 : 0),
                ])
            return added
        }
    }

    /// See ``ReprocessStore``.
    public func nextItem(of job: String, by runner: String) throws -> ReprocessNextItem {
        try transact(durable: false) {
            guard let row = try held(job, by: runner) else { return .lost }
            let next = try connection.first(
                """
                SELECT number, object, attempts, not_before FROM reprocess_items
                WHERE job = ? AND state = 'waiting' ORDER BY not_before, number LIMIT 1
                """, [.integer(row.number)]
            ) {
                (
                    ReprocessItem(number: $0.integer(0), object: $0.text(1), attempts: $0.integer(2) + 1),
                    $0.integer(3)
                )
            }
            guard let (item, notBefore) = next else { return .none }
            let wait = notBefore - uptimeMilliseconds
            guard wait <= 0 else { return .later(.milliseconds(wait)) }
            try connection.run(
                "UPDATE reprocess_items SET state = 'running', attempts = attempts + 1 WHERE number = ?",
                [.integer(item.number)])
            return .item(item)
        }
    }

    /// See ``ReprocessStore``.
    public func reserve(_ object: String, for item: ReprocessItem) throws {
        try transact(durable: false) {
            try reserve(object)
            try connection.run(
                "UPDATE reprocess_items SET reserved = ? WHERE number = ?", [.text(object), .integer(item.number)])
        }
    }

    /// Makes the items that a runner left unfinished wait again, and marks the objects that it reserved for deletion.
    func requeueItems(of row: ReprocessJobRow) throws {
        let reserved = try connection.rows(
            "SELECT reserved FROM reprocess_items WHERE job = ? AND state = 'running' AND reserved IS NOT NULL",
            [.integer(row.number)]
        ) { $0.text(0) }
        try reserved.forEach(cancelReservation)
        try connection.run(
            "UPDATE reprocess_items SET state = 'waiting', reserved = NULL WHERE job = ? AND state = 'running'",
            [.integer(row.number)])
        // Items that wait for a time wait by the uptime of the process that had the job.
        try connection.run(
            "UPDATE reprocess_items SET not_before = 0 WHERE job = ? AND state = 'waiting' AND not_before > 0",
            [.integer(row.number)])
    }

    /// See ``ReprocessStore``.
    public func end(
        _ item: ReprocessItem, of job: String, by runner: String, _ end: ReprocessItem.End, change: MediaChange?
    ) throws -> ReprocessItem.State? {
        try transact {
            guard try held(job, by: runner) != nil else { return nil }
            switch end {
            case .made:
                let state = try revise(item.object, change)
                return try set(item, state, state == .skipped ? .gone : nil)
            case .skipped(let reason): return try set(item, .skipped, reason)
            case .failed(let reason): return try set(item, .failed, reason)
            case .again(let seconds, let reason):
                let delay = Duration.seconds(min(max(seconds, 0), 86_400)).wholeMilliseconds
                return try set(item, .waiting, reason, notBefore: uptimeMilliseconds + delay)
            case .requeue:
                try connection.run(
                    """
                    UPDATE reprocess_items SET state = 'waiting', attempts = attempts - 1, reserved = NULL
                    WHERE number = ?
                    """,
                    [.integer(item.number)])
                return .waiting
            }
        }
    }

    /// See ``ReprocessStore``.
    public func failures(of job: String, after number: Int, limit: Int) throws -> [ReprocessFailure] {
        try translate {
            try connection.rows(
                """
                SELECT i.number, i.object, i.code, i.reason FROM reprocess_items AS i
                JOIN reprocess_jobs AS j ON j.number = i.job
                WHERE j.id = ? AND i.state = 'failed' AND i.number > ? ORDER BY i.number LIMIT ?
                """, [.text(job), .integer(number), .integer(limit)]
            ) {
                ReprocessFailure(
                    number: $0.integer(0), object: $0.text(1),
                    reason: ReprocessItem.Reason($0.text(2), $0.text(3)))
            }
        }
    }

    /// Applies `change` to every record that references `object`.
    private func revise(_ object: String, _ change: MediaChange?) throws -> ReprocessItem.State {
        let shown = try showing(object)
        for new in change?.objects ?? [] {
            let isReserved = try connection.first("SELECT 1 FROM pending_objects WHERE object = ?", [.text(new)]) { _ in
                true
            }
            guard isReserved != nil else {
                throw ChatError(.reservationReleased(key: new))
            }
            if shown.isEmpty { try cancelReservation(new) }
        }
        guard let change, !shown.isEmpty else { return shown.isEmpty ? .skipped : .unchanged }
        var isChanged = false
        for (owner, records) in shown {
            let revised = records.map { $0.key == object ? change.revise($0) : $0 }
            guard revised != records else { continue }
            isChanged = true
            try replace(records, by: revised, of: owner)
        }
        return isChanged ? .done : .unchanged
    }

    private func replace(_ old: [MediaRecord], by new: [MediaRecord], of owner: ObjectOwner) throws {
        switch owner {
        case .message(let number):
            try connection.run(
                "UPDATE messages SET media = ?, updated_at = ? WHERE number = ?",
                [.text(try StoredJSON.text(new)), .integer(now().milliseconds), .integer(number)])
        case .media(let id):
            try connection.run(
                "UPDATE media_items SET record = ? WHERE id = ?", [.text(try StoredJSON.text(new[0])), .text(id)])
        }
        try addReferences(to: new.flatMap(\.objects), from: owner)
        for object in Set(old.flatMap(\.objects)).subtracting(new.flatMap(\.objects)) {
            try connection.run(
                "DELETE FROM object_owners WHERE object = ? AND owner = ?", [.text(object), owner.value])
            try markForDeletionUnlessReferenced(object)
        }
    }

    @discardableResult
    private func set(
        _ item: ReprocessItem, _ state: ReprocessItem.State, _ reason: ReprocessItem.Reason? = nil,
        notBefore: Int = 0
    ) throws -> ReprocessItem.State {
        try connection.run(
            """
            UPDATE reprocess_items SET state = ?2, code = ?3, reason = ?4, not_before = ?5, reserved = NULL
            WHERE number = ?1
            """,
            [
                .integer(item.number), .text(state.rawValue), SQLiteValue(reason?.code), SQLiteValue(reason?.message),
                .integer(notBefore),
            ])
        return state
    }
}

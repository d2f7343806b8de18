public import ChatBridge
import Concurrency
import Foundation
import MediaModel

extension SQLiteChatStore {
    /// See ``MediaJobStore``.
    public func fill(_ job: String, by runner: String, limit: Int) throws -> Int? {
        // Selected outside the transaction: only the runner that has the job moves its cursor.
        guard let position = try selectionPosition(of: job, by: runner) else { return nil }
        return try add(try select(position.request, after: position.cursor, limit: limit), to: job, by: runner)
    }

    /// See ``MediaJobStore``.
    public func selectionPosition(of job: String, by runner: String) throws -> SelectionPosition? {
        guard let row = try translate({ try held(job, by: runner) }), !row.isFilled else { return nil }
        return SelectionPosition(request: row.job.request, cursor: row.cursor)
    }

    /// See ``MediaJobStore``.
    public func add(_ found: Selection, to job: String, by runner: String) throws -> Int? {
        try transact {
            guard let row = try held(job, by: runner) else { return nil }
            var added = 0
            for object in found.objects {
                added += try connection.change(
                    "INSERT OR IGNORE INTO reprocess_items (job, object, bytes) VALUES (?, ?, ?)",
                    [.integer(row.number), .text(object), .integer(found.sizes[object] ?? 0)])
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

    /// See ``MediaJobStore``.
    public func nextItem(of job: String, by runner: String) throws -> MediaJobNextItem {
        try transact(durable: false) {
            guard let row = try held(job, by: runner) else { return .lost }
            try beginDelays(of: row)
            let next = try connection.first(
                """
                SELECT number, not_before FROM reprocess_items
                WHERE job = ? AND state = 'waiting' ORDER BY not_before, number LIMIT 1
                """, [.integer(row.number)]
            ) { ($0.integer(0), $0.integer(1)) }
            guard let (number, notBefore) = next else { return .none }
            let wait = notBefore - uptimeMilliseconds
            guard wait <= 0 else { return .later(.milliseconds(wait)) }
            guard let item = try itemRow(number, of: row) else { return .none }
            return .item(try begin(item, of: row, by: runner))
        }
    }

    /// See ``MediaJobStore``.
    public func dueItems(of job: String, by runner: String, limit: Int) throws -> [Int]? {
        try transact(durable: false) {
            guard let row = try held(job, by: runner) else { return nil }
            try beginDelays(of: row)
            return try connection.rows(
                """
                SELECT number FROM reprocess_items WHERE job = ? AND state = 'waiting' AND not_before <= ?
                ORDER BY not_before, number LIMIT ?
                """, [.integer(row.number), .integer(uptimeMilliseconds), .integer(max(limit, 0))]
            ) { $0.integer(0) }
        }
    }

    /// Items that failed for now wait from now on, by the uptime of this process, which has the job: see
    /// ``SQLiteMigrations/itemHolders``.
    private func beginDelays(of row: MediaJobRow) throws {
        try connection.run(
            "UPDATE reprocess_items SET not_before = ?2 - not_before WHERE job = ?1 AND state = 'waiting' AND not_before < 0",
            [.integer(row.number), .integer(uptimeMilliseconds)])
    }

    /// See ``MediaJobStore``.
    public func end(_ item: MediaJobItem, _ end: MediaJobItem.End, change: MediaChange?) throws
        -> MediaJobItem.State?
    {
        try transact {
            guard try isHeld(item) else { return nil }
            switch end {
            case .made:
                let state = try revise(item.object, change)
                return try set(item, state, state == .skipped ? .gone : nil)
            case .registered(let media): return try register(media, for: item)
            case .known: return try set(item, .unchanged)
            case .erased: return try set(item, .done)
            case .skipped(let reason): return try set(item, .skipped, reason)
            case .failed(let reason):
                if change != nil { try revise(item.object, change) }
                return try set(item, .failed, reason)
            case .again(let seconds, let reason):
                let delay = Duration.seconds(min(max(seconds, 0), 86_400)).wholeMilliseconds
                return try set(item, .waiting, reason, notBefore: -delay)
            case .requeue:
                try connection.run(
                    """
                    UPDATE reprocess_items SET state = 'waiting', attempts = attempts - 1, holder = NULL, reserved = NULL
                    WHERE number = ?
                    """,
                    [.integer(item.number)])
                return .waiting
            }
        }
    }

    /// See ``MediaJobStore``.
    public func failures(of job: String, after number: Int, limit: Int) throws -> [MediaJobFailure] {
        try translate {
            try connection.rows(
                """
                SELECT i.number, i.object, i.code, i.reason FROM reprocess_items AS i
                JOIN reprocess_jobs AS j ON j.number = i.job
                WHERE j.id = ? AND i.state = 'failed' AND i.number > ? ORDER BY i.number LIMIT ?
                """, [.text(job), .integer(number), .integer(limit)]
            ) {
                MediaJobFailure(
                    number: $0.integer(0), object: $0.text(1),
                    reason: MediaJobItem.Reason($0.text(2), $0.text(3)))
            }
        }
    }

    private func register(_ media: MediaItem, for item: MediaJobItem) throws -> MediaJobItem.State {
        let result = try registration(of: media)
        if result == .registered { return try set(item, .done) }
        for object in media.record.objects where object != item.object { try cancelReservation(object) }
        return try result == .inUse ? set(item, .skipped, .inUse) : set(item, .unchanged)
    }

    /// Applies `change` to every record that references `object`.
    @discardableResult
    func revise(_ object: String, _ change: MediaChange?) throws -> MediaJobItem.State {
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
        guard let origin = try origin(of: owner) else { return }
        switch owner {
        case .message(let number):
            try connection.run(
                "UPDATE messages SET media = ?, updated_at = ? WHERE number = ?",
                [.text(try StoredJSON.text(new)), .integer(now().milliseconds), .integer(number)])
        case .media(let id):
            try connection.run(
                "UPDATE media_items SET record = ? WHERE id = ?", [.text(try StoredJSON.text(new[0])), .text(id)])
        }
        try writeWebhooks(at: now()) { try derived(owner, instead: old) }
        try addReferences(to: new, from: owner, of: origin)
        for object in Set(old.flatMap(\.objects)).subtracting(new.flatMap(\.objects)) {
            try connection.run(
                "DELETE FROM object_owners WHERE object = ? AND owner = ?", [.text(object), owner.value])
            try markForDeletionUnlessReferenced(object)
        }
    }

    private func derived(_ owner: ObjectOwner, instead former: [MediaRecord]) throws -> [WebhookEvent] {
        switch owner {
        case .message(let number):
            try messages(where: "m.number = ?1", [.integer(number)]).flatMap {
                WebhookEvent.derived($0, instead: former)
            }
        case .media(let id):
            [try media(id).flatMap { media in former.first.flatMap { WebhookEvent.derived(media, instead: $0) } }]
                .compactMap(\.self)
        }
    }

    @discardableResult
    private func set(
        _ item: MediaJobItem, _ state: MediaJobItem.State, _ reason: MediaJobItem.Reason? = nil,
        notBefore: Int = 0
    ) throws -> MediaJobItem.State {
        try connection.run(
            """
            UPDATE reprocess_items SET state = ?2, code = ?3, reason = ?4, not_before = ?5, holder = NULL,
                reserved = NULL
            WHERE number = ?1
            """,
            [
                .integer(item.number), .text(state.rawValue), SQLiteValue(reason?.code), SQLiteValue(reason?.message),
                .integer(notBefore),
            ])
        return state
    }
}

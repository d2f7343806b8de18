import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import MediaModel

extension StoreTransaction {
    /// Adds what was selected for a job. Returns how many objects are new; `nil` where the job is lost.
    func add(_ found: Selection, to job: String, by runner: String) throws -> Int? {
        guard try heldUntilCommit(job, by: runner) != nil else { return nil }
        let objects = found.objects.map(BSONValue.string)
        let known = try session.find(own.items, ["job": .string(job), "object": ["$in": .array(objects)]])
        var seen = Set(known.compactMap { $0["object"] })
        let new = objects.filter { seen.insert($0).inserted }
        if !new.isEmpty {
            let first = try nextPlace(count: new.count)
            try session.insert(
                own.items,
                new.enumerated().map { index, object in
                    [
                        "_id": .int64(first + index), "job": .string(job), "object": object, "state": "waiting",
                        "attempts": 0, "notBefore": 0, "bytes": .int64(found.sizes[object.stringValue ?? ""] ?? 0),
                    ]
                })
        }
        var values: BSONDocument = ["isFilled": .bool(found.next == nil)]
        values["cursor"] = try found.next.map { try .encoding($0) } ?? .null
        try session.update(own.jobs, ["_id": .string(job)], ["$set": .document(values)])
        return new.count
    }

    func nextItem(of job: String, by runner: String) throws -> MediaJobNextItem {
        guard let row = try heldUntilCommit(job, by: runner) else { return .lost }
        try beginDelays(of: job)
        let waiting: BSONDocument = ["job": .string(job), "state": "waiting"]
        guard let next = try session.first(own.items, waiting, sort: Self.itemOrder) else { return .none }
        let wait = (next["notBefore"]?.integerValue ?? 0) - uptime
        guard wait <= 0 else { return .later(.milliseconds(wait)) }
        return .item(try begin(MediaJobItemRow(next), of: row, by: runner))
    }

    func dueItems(of job: String, by runner: String, limit: Int) throws -> [Int]? {
        guard try held(job, by: runner) != nil else { return nil }
        try beginDelays(of: job)
        let due: BSONDocument = ["job": .string(job), "state": "waiting", "notBefore": ["$lte": .int64(uptime)]]
        return try session.find(own.items, due, sort: Self.itemOrder, limit: max(limit, 0), fields: ["_id": 1])
            .compactMap { $0["_id"]?.integerValue }
    }

    private static let itemOrder: BSONDocument = ["job": 1, "state": 1, "notBefore": 1, "_id": 1]

    /// Items that failed for now have a delay that has not begun, as a negative number. They wait from now on, by the uptime of
    /// this process, which has the job.
    private func beginDelays(of job: String) throws {
        let delayed: BSONDocument = ["job": .string(job), "state": "waiting", "notBefore": ["$lt": 0]]
        guard try session.first(own.items, delayed, fields: ["_id": 1]) != nil else { return }
        try session.update(
            own.items, delayed, [["$set": ["notBefore": ["$subtract": [.int64(uptime), "$notBefore"]]]]], many: true)
    }

    func end(_ item: MediaJobItem, _ end: MediaJobItem.End, change: MediaChange?) throws -> MediaJobItem.State? {
        guard try isHeld(item) else { return nil }
        switch end {
        case .made:
            let state = try revise(item.object, change)
            return try set(item, state, state == .skipped ? .gone : nil)
        case .registered(let media): return try register(media, for: item)
        case .known: return try set(item, .unchanged)
        case .erased:
            if let user = try jobRow(item.job)?.job.request.erasedUser {
                try removeLostReferences(to: item.object, of: user)
            }
            return try set(item, .done)
        case .skipped(let reason): return try set(item, .skipped, reason)
        case .failed(let reason):
            if change != nil { try revise(item.object, change) }
            return try set(item, .failed, reason)
        case .again(let seconds, let reason):
            let delay = Duration.seconds(min(max(seconds, 0), 86_400)).wholeMilliseconds
            return try set(item, .waiting, reason, notBefore: -delay)
        case .requeue:
            try session.update(
                own.items, ["_id": .int64(item.number)],
                ["$set": ["state": "waiting"], "$inc": ["attempts": -1], "$unset": ["reserved": true, "holder": true]])
            return .waiting
        }
    }

    func failures(of job: String, after number: Int, limit: Int) throws -> [MediaJobFailure] {
        let filter: BSONDocument = ["job": .string(job), "state": "failed", "_id": ["$gt": .int64(number)]]
        return try session.find(own.items, filter, sort: ["_id": 1], limit: max(limit, 0)).map {
            MediaJobFailure(
                number: $0["_id"]?.integerValue ?? 0, object: $0["object"]?.stringValue ?? "",
                reason: MediaJobItem.Reason($0["code"]?.stringValue ?? "", $0["reason"]?.stringValue ?? ""))
        }
    }

    private func register(_ media: MediaItem, for item: MediaJobItem) throws -> MediaJobItem.State {
        let result = try register(media)
        if result == .registered { return try set(item, .done) }
        for object in media.record.objects where object != item.object { try cancelReservation(object) }
        return try result == .inUse ? set(item, .skipped, .inUse) : set(item, .unchanged)
    }

    /// Applies `change` to every record that references `object`.
    @discardableResult
    func revise(_ object: String, _ change: MediaChange?) throws -> MediaJobItem.State {
        let shown = try showing(object)
        for new in change?.objects ?? [] {
            guard try isReserved(new) else { throw ChatError(.reservationReleased(key: new)) }
            if shown.isEmpty { try cancelReservation(new) }
        }
        guard let change, !shown.isEmpty else { return shown.isEmpty ? .skipped : .unchanged }
        var isChanged = false
        for (owner, records) in shown {
            let revised = records.map { $0.key == object ? change.revise($0) : $0 }
            guard revised != records else { continue }
            isChanged = true
            try replace(by: revised, of: owner)
        }
        return isChanged ? .done : .unchanged
    }

    private func replace(by records: [MediaRecord], of owner: ReferenceOwner) throws {
        switch owner {
        case .message(let id, let dialect):
            guard let row = try messageRow(id, in: dialect) else { return }
            var changed = row.stored
            (changed.message.attachments, changed.message.updatedAt) = (records, now)
            try write(changed, over: row, in: dialect)
            try writeWebhooks(at: now) {
                WebhookEvent.derived(changed.message, instead: row.message.attachments)
            }
        case .media(let id):
            guard var media = try media(id) else { return }
            let former = media.record
            media.record = records[0]
            try replaceRecord(of: id, by: records[0])
            try writeWebhooks(at: now) { [WebhookEvent.derived(media, instead: former)].compactMap(\.self) }
        }
        try replaceReferences(of: owner, by: records)
    }

    private func set(
        _ item: MediaJobItem, _ state: MediaJobItem.State, _ reason: MediaJobItem.Reason? = nil,
        notBefore: Int = 0
    ) throws -> MediaJobItem.State {
        var values: BSONDocument = ["state": .string(state.rawValue), "notBefore": .int64(notBefore)]
        values["code"] = (reason?.code).map(BSONValue.string) ?? .null
        values["reason"] = (reason?.message).map(BSONValue.string) ?? .null
        try session.update(
            own.items, ["_id": .int64(item.number)],
            ["$set": .document(values), "$unset": ["reserved": true, "holder": true]])
        return state
    }
}

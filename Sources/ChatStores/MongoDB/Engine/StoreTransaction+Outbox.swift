import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import JSON

extension StoreTransaction {
    /// Writes entries.
    /// - Parameter writer: the process start that they count as written by; this one by default.
    func write(_ drafts: [OutboxDraft], dialect: Dialect, at date: Date, start writer: Int? = nil) throws {
        try writeWebhooks(at: date) {
            drafts.filter { $0.audience == .webhooks }.map { .pushRequested($0, in: dialect) }
        }
        let drafts = drafts.filter { $0.audience != .webhooks }
        guard !drafts.isEmpty else { return }
        let first = try nextPlace(count: drafts.count)
        let documents = drafts.enumerated().map { index, draft in
            var document: BSONDocument = [
                "_id": .int64(first + index), "dialect": .string(draft.queue(of: dialect).rawValue),
                "recipient": .string(draft.recipient), "audience": .string(draft.audience.rawValue),
                "event": .string(draft.event), "payload": .json(draft.payload), "attempts": 0, "notBefore": 0,
                "createdAt": .date(date), "start": .int64(writer ?? start), "waitsIn": 0,
            ]
            document["message"] = draft.message.map(BSONValue.string)
            document["exceptSocket"] = draft.exceptSocket.map(BSONValue.string)
            document["joined"] = draft.joined.map(BSONValue.string)
            document["trace"] = draft.trace.map(BSONValue.string)
            return document
        }
        try session.insert(own.outbox, documents)
    }

    func delivered(_ sequences: [Int]) throws {
        guard !sequences.isEmpty else { return }
        try session.delete(own.outbox, ["_id": ["$in": .array(sequences.map(BSONValue.int64))]])
    }

    func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) throws {
        let drafts = users.sorted().map { user in
            var draft = entry.draft
            (draft.recipient, draft.audience) = (user, .user)
            return draft
        }
        try write(drafts, dialect: entry.dialect, at: entry.createdAt, start: entry.isInherited ? 0 : start)
        let list = BSONValue.array(remaining.sorted().map(BSONValue.string))
        try session.update(own.outbox, ["_id": .int64(entry.sequence)], ["$set": ["remaining": list]])
    }

    func postpone(_ sequence: Int, for delay: Duration) throws {
        let values: BSONValue = [
            "notBefore": .int64(uptime + delay.wholeMilliseconds), "waitsIn": .int64(start),
        ]
        try session.update(
            own.outbox, ["_id": .int64(sequence)], ["$inc": ["attempts": 1], "$set": values])
    }

    func outboxBacklog() throws -> [Dialect: OutboxBacklog] {
        let group: BSONValue = [
            "_id": "$dialect", "count": ["$sum": 1], "oldest": ["$min": "$createdAt"],
        ]
        let rows = try session.aggregate(own.outbox, [["$match": ["dialect": ["$gte": ""]]], ["$group": group]])
        return Dictionary(
            rows.map { row in
                let oldest = row["oldest"]?.timestamp ?? Date(milliseconds: 0)
                return (
                    Dialect(rawValue: row["_id"]?.stringValue ?? ""),
                    OutboxBacklog(count: row["count"]?.integerValue ?? 0, oldest: oldest)
                )
            }
        ) { first, _ in first }
    }

    func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) throws -> OutboxRetry? {
        let waiting = try waiting(in: dialects, after: 0).filter { !queued.contains($0.sequence) }
        guard let due = waiting.map(\.due).min(), let lowest = waiting.map(\.sequence).min() else { return nil }
        return OutboxRetry(delay: .milliseconds(max(due - uptime, 0)), lowest: lowest)
    }

    /// The oldest entries that are due.
    /// - Parameter horizon: entries after this one are left out: one before them may not be visible yet.
    /// - Returns: the entries, and whether any were left out.
    func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowerBound: Int, except queued: Set<Int>, horizon: Int
    ) throws -> (entries: [OutboxEntry], isComplete: Bool) {
        let blocked = Dictionary(
            try waiting(in: dialects, after: uptime).map { ($0.recipient, $0.sequence) }, uniquingKeysWith: min)
        let filter: BSONDocument = [
            "_id": ["$gt": .int64(lowerBound)], "dialect": Self.condition(for: dialects),
            "$or": [["notBefore": ["$lte": .int64(uptime)]], ["waitsIn": ["$ne": .int64(start)]]],
        ]
        var (entries, isComplete): ([OutboxEntry], Bool) = ([], true)
        guard limit > 0 else { return ([], true) }
        try session.forEach(own.outbox, filter, sort: ["_id": 1]) { document in
            let entry = try entry(document)
            guard entry.sequence <= horizon else {
                isComplete = false
                return false
            }
            let isBlocked = blocked[entry.recipient].map { $0 < entry.sequence } ?? false
            if !queued.contains(entry.sequence), !isBlocked { entries.append(entry) }
            return entries.count < limit
        }
        return (entries, isComplete)
    }

    /// The entries of `dialects` (`nil`: all) that wait for a retry in this process, due after a given uptime.
    private func waiting(
        in dialects: Set<Dialect>?, after uptime: Int
    ) throws -> [(sequence: Int, due: Int, recipient: OutboxEntry.Recipient)] {
        let filter: BSONDocument = [
            "dialect": Self.condition(for: dialects), "waitsIn": .int64(start),
            "notBefore": ["$gt": .int64(max(uptime, 0))],
        ]
        return try session.find(own.outbox, filter, fields: ["payload": 0]).map { document in
            let entry = try entry(document)
            return (entry.sequence, document["notBefore"]?.integerValue ?? 0, entry.recipient)
        }
    }

    /// Always a condition, because the index of waiting entries begins with the dialect.
    private static func condition(for dialects: Set<Dialect>?) -> BSONValue {
        guard let dialects else { return ["$gte": ""] }
        return ["$in": .array(dialects.map { .string($0.rawValue) })]
    }

    /// The entry that a document represents.
    func entry(_ document: BSONDocument) throws -> OutboxEntry {
        guard let sequence = document["_id"]?.integerValue, let recipient = document["recipient"]?.stringValue else {
            throw DocumentError(field: "recipient")
        }
        let draft = OutboxDraft(
            recipient: recipient,
            audience: OutboxDraft.Audience(rawValue: document["audience"]?.stringValue ?? "") ?? .user,
            event: document["event"]?.stringValue ?? "", message: document["message"]?.stringValue,
            payload: document["payload"]?.jsonValue ?? .null, exceptSocket: document["exceptSocket"]?.stringValue,
            joined: document["joined"]?.stringValue, trace: document["trace"]?.stringValue)
        let remaining = document["remaining"]?.arrayValue?.compactMap(\.stringValue)
        return OutboxEntry(
            sequence: sequence, dialect: Dialect(rawValue: document["dialect"]?.stringValue ?? ""), draft: draft,
            attempts: document["attempts"]?.integerValue ?? 0,
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0),
            isInherited: isInherited(from: document["start"]?.integerValue ?? 0), remaining: remaining.map(Set.init))
    }
}

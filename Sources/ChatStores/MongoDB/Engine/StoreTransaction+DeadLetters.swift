import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func moveToDeadLetters(_ sequence: Int, reason: String, at date: Date) throws {
        guard var document = try session.first(own.outbox, ["_id": .int64(sequence)]) else { return }
        document["failedAt"] = .date(date)
        document["reason"] = .string(reason)
        try session.insert(own.deadLetters, [document])
        try delivered([sequence])
    }

    func deadLetters(after number: Int, limit: Int) throws -> [DeadLetter] {
        guard limit > 0 else { return [] }
        return try session.find(own.deadLetters, ["_id": ["$gt": .int64(number)]], sort: ["_id": 1], limit: limit).map {
            let entry = try entry($0)
            return DeadLetter(
                number: entry.sequence, dialect: entry.dialect, draft: entry.draft, attempts: entry.attempts,
                createdAt: entry.createdAt, failedAt: $0["failedAt"]?.timestamp ?? entry.createdAt,
                reason: $0["reason"]?.stringValue ?? "")
        }
    }

    func deadLetterCounts() throws -> [Dialect: Int] {
        let group: BSONValue = ["_id": "$dialect", "count": ["$sum": 1]]
        let rows = try session.aggregate(own.deadLetters, [["$match": ["dialect": ["$gte": ""]]], ["$group": group]])
        return Dictionary(
            rows.map { (Dialect(rawValue: $0["_id"]?.stringValue ?? ""), $0["count"]?.integerValue ?? 0) },
            uniquingKeysWith: +)
    }

    /// Writes at most `limit` dead letters of `numbers` (`nil`: all) to the outbox again. Returns how many there were.
    func replayDeadLetters(_ numbers: [Int]?, limit: Int) throws -> Int {
        var filter: BSONDocument = ["_id": ["$gt": 0]]
        if let numbers { filter = ["_id": ["$in": .array(numbers.map(BSONValue.int64))]] }
        let letters = try session.find(own.deadLetters, filter, sort: ["_id": 1], limit: limit)
        guard !letters.isEmpty else { return 0 }
        let first = try nextPlace(count: letters.count)
        let entries = letters.enumerated().map { index, letter in
            var entry = letter
            entry["_id"] = .int64(first + index)
            (entry["failedAt"], entry["reason"]) = (nil, nil)
            if entry["audience"] == .string(OutboxDraft.Audience.devices.rawValue) { entry["createdAt"] = .date(now) }
            (entry["attempts"], entry["notBefore"], entry["waitsIn"], entry["start"]) = (0, 0, 0, .int64(start))
            return entry
        }
        try session.insert(own.outbox, entries)
        try session.delete(own.deadLetters, ["_id": ["$in": .array(letters.compactMap { $0["_id"] })]])
        return letters.count
    }
}

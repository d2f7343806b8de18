import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import JSON

/// Webhooks that wait to be sent, or were given up.
extension StoreTransaction {
    func dueWebhooks(for endpoint: String, limit: Int) throws -> [WebhookDelivery] {
        guard limit > 0 else { return [] }
        let waiting = try session.find(
            own.webhooks,
            [
                "endpoint": .string(endpoint), "waitsIn": .int64(start), "notBefore": ["$gt": .int64(max(uptime, 0))],
                "isDead": false,
            ], fields: ["subject": 1])
        let blocked = Dictionary(
            waiting.map { ($0["subject"]?.stringValue ?? "", $0["_id"]?.integerValue ?? 0) }, uniquingKeysWith: min)
        let filter: BSONDocument = [
            "endpoint": .string(endpoint), "isDead": false,
            "$or": [["notBefore": ["$lte": .int64(uptime)]], ["waitsIn": ["$ne": .int64(start)]]],
        ]
        var found: [WebhookDelivery] = []
        try session.forEach(own.webhooks, filter, sort: ["endpoint": 1, "isDead": 1, "_id": 1]) { document in
            let delivery = try WebhookDelivery(document)
            let isBlocked = blocked[delivery.event.subject].map { $0 < delivery.sequence } ?? false
            if !isBlocked { found.append(delivery) }
            return found.count < limit
        }
        return found
    }

    func nextWebhookRetry(for endpoint: String) throws -> Duration? {
        let next = try session.first(
            own.webhooks,
            [
                "endpoint": .string(endpoint), "waitsIn": .int64(start), "notBefore": ["$gt": 0], "isDead": false,
            ], sort: ["endpoint": 1, "waitsIn": 1, "notBefore": 1])
        return (next?["notBefore"]?.integerValue).map { .milliseconds(max($0 - uptime, 0)) }
    }

    func webhookBacklog() throws -> [String: WebhookBacklog] {
        let group: BSONValue = [
            "_id": ["endpoint": "$endpoint", "isDead": "$isDead"], "count": ["$sum": 1],
            "oldest": ["$min": "$queuedAt"],
        ]
        var backlog: [String: WebhookBacklog] = [:]
        for row in try session.aggregate(own.webhooks, [["$match": ["endpoint": ["$gte": ""]]], ["$group": group]]) {
            let (endpoint, count) = (row[path: "_id.endpoint"]?.stringValue ?? "", row["count"]?.integerValue ?? 0)
            if row[path: "_id.isDead"]?.boolValue == true {
                backlog[endpoint, default: WebhookBacklog()].deadLetters = count
            } else {
                backlog[endpoint, default: WebhookBacklog()].waiting = count
                backlog[endpoint]?.oldest = row["oldest"]?.timestamp
            }
        }
        return backlog
    }

    func webhooksDelivered(_ sequences: [Int]) throws {
        guard !sequences.isEmpty else { return }
        try session.delete(own.webhooks, ["_id": ["$in": .array(sequences.map(BSONValue.int64))]])
    }

    func postponeWebhook(_ sequence: Int, for delay: Duration, reason: String) throws {
        let values: BSONValue = [
            "notBefore": .int64(uptime + delay.wholeMilliseconds), "waitsIn": .int64(start),
            "reason": .string(reason),
        ]
        try session.update(
            own.webhooks, ["_id": .int64(sequence)], ["$inc": ["attempts": 1], "$set": values])
    }

    func giveUpWebhooks(
        for endpoint: String, sequence: Int?, queuedBefore bound: Date, reason: String, at date: Date
    ) throws -> Int {
        var filter: BSONDocument = [
            "endpoint": .string(endpoint), "isDead": false, "queuedAt": ["$lte": .date(bound)],
        ]
        filter["_id"] = sequence.map(BSONValue.int64)
        let values: BSONValue = [
            "isDead": true, "failedAt": .date(date), "reason": .string(reason), "notBefore": 0,
        ]
        return try session.update(own.webhooks, filter, ["$set": values], many: true)
    }

    func deadWebhooks(for endpoint: String, after number: Int, limit: Int) throws -> [WebhookDelivery] {
        guard limit > 0 else { return [] }
        let filter: BSONDocument = [
            "endpoint": .string(endpoint), "isDead": true, "_id": ["$gt": .int64(number)],
        ]
        return try session.find(own.webhooks, filter, sort: ["endpoint": 1, "isDead": 1, "_id": 1], limit: limit)
            .map(WebhookDelivery.init)
    }

    func replayWebhooks(for endpoint: String, _ numbers: [Int]?, at date: Date) throws -> Int {
        var filter: BSONDocument = ["endpoint": .string(endpoint), "isDead": true]
        filter["_id"] = numbers.map { ["$in": .array($0.map(BSONValue.int64))] }
        let values: BSONValue = ["isDead": false, "queuedAt": .date(date), "attempts": 0, "notBefore": 0]
        return try session.update(
            own.webhooks, filter, ["$set": values, "$unset": ["failedAt": true]], many: true)
    }

    func deleteDeadWebhooks(before date: Date) throws {
        try session.delete(own.webhooks, ["failedAt": ["$lt": .date(date)]])
        // In this order: an endpoint that another node makes meanwhile is not among those of the events.
        let named = Set(try webhookBacklog().keys)
        let gone = named.subtracting(try webhookEndpoints().map(\.id))
        guard !gone.isEmpty else { return }
        try session.delete(own.webhooks, ["endpoint": ["$in": .array(gone.sorted().map(BSONValue.string))]])
    }
}

extension WebhookDelivery {
    /// The delivery as it waits for any process.
    var document: BSONDocument {
        var document: BSONDocument = [
            "_id": .int64(sequence), "endpoint": .string(endpoint), "event": .string(event.id),
            "kind": .string(event.kind.rawValue), "subject": .string(event.subject), "payload": .json(event.payload),
            "createdAt": .date(createdAt), "queuedAt": .date(queuedAt), "attempts": .int64(attempts),
            "isDead": .bool(failedAt != nil), "notBefore": 0, "waitsIn": 0,
        ]
        document["dialect"] = (event.dialect?.rawValue).map(BSONValue.string)
        document["reason"] = reason.map(BSONValue.string)
        document["failedAt"] = failedAt.map(BSONValue.date)
        return document
    }

    fileprivate init(_ document: BSONDocument) throws {
        guard let sequence = document["_id"]?.integerValue, let endpoint = document["endpoint"]?.stringValue,
            let kind = document["kind"]?.stringValue.flatMap(WebhookKind.init(rawValue:))
        else { throw DocumentError(field: "kind") }
        let createdAt = document["createdAt"]?.timestamp ?? Date(milliseconds: 0)
        self.init(
            sequence: sequence, endpoint: endpoint,
            event: WebhookEvent(
                id: document["event"]?.stringValue ?? "", kind: kind,
                dialect: (document["dialect"]?.stringValue).map(Dialect.init(rawValue:)),
                subject: document["subject"]?.stringValue ?? "", payload: document["payload"]?.jsonValue ?? .null),
            createdAt: createdAt, queuedAt: document["queuedAt"]?.timestamp ?? createdAt,
            attempts: document["attempts"]?.integerValue ?? 0, reason: document["reason"]?.stringValue,
            failedAt: document["failedAt"]?.timestamp)
    }
}

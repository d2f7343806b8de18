import ChatBridge
import ChatDocuments
import Foundation

/// Requests with an idempotency key.
extension StoreTransaction {
    func claim(_ claim: RequestClaim, isActive: (_ token: String) -> Bool) throws -> RequestClaim.Result {
        var record = try idempotencyRecord(claim.id)
        let result = try claim.take(&record, start: start, now: now) { held in
            held.start == start ? isActive(held.token) : try live().contains(held.start)
        } count: {
            try session.count(own.idempotentRequests, ["caller": .string(claim.caller)])
        }
        if case .claimed = result, let record { try write(record) }
        return result
    }

    func endRequest(_ id: String, token: String, answer: KeptAnswer?, fingerprint: String?) throws -> Bool {
        var record = try idempotencyRecord(id)
        let former = record
        let isSame = IdempotencyRecord.end(&record, token: token, answer: answer, fingerprint: fingerprint)
        if let record {
            if record != former { try write(record) }
        } else if former != nil {
            try session.delete(own.idempotentRequests, ["_id": .string(id)])
        }
        return isSame
    }

    func deleteRequests(expiredBefore date: Date, limit: Int) throws -> Int {
        let expired: BSONDocument = ["expires": ["$lt": .date(date)]]
        let found = try session.find(own.idempotentRequests, expired, limit: limit, fields: ["_id": 1])
        guard !found.isEmpty else { return 0 }
        // Another node may have deleted one, and another request have used its key since.
        let these = expired.merging(["_id": ["$in": .array(found.compactMap { $0["_id"] })]])
        return try session.delete(own.idempotentRequests, these)
    }

    /// What an attempt has made.
    typealias Made<Result> = (result: Result, ids: [String], things: [IdempotencyRecord.Thing])

    /// Performs a step of a request with an idempotency key, within the transaction that makes something.
    /// - Parameters:
    ///   - step: `nil` where the request has no key.
    ///   - again: finds what an earlier attempt has made.
    ///   - make: makes it.
    /// - Throws: ``StoreError/requestTakenOver``, ``StoreError/keyReused``; what the closures throw.
    func once<Result>(
        _ step: IdempotentStep?, again: (_ ids: [String]) throws -> Result, make: () throws -> Made<Result>
    ) throws -> Result {
        guard let step else { return try make().result }
        let record = try idempotencyRecord(step.request.id)
        if let ids = try step.made(in: record) { return try again(ids) }
        let made = try make()
        guard var record else { return made.result }
        step.note(made.ids, in: &record)
        try write(record)
        if !made.things.isEmpty {
            let things: BSONValue = .array(made.things.map { .string($0.text) })
            try session.update(
                own.idempotentRequests, ["_id": .string(record.id)], ["$addToSet": ["things": ["$each": things]]])
        }
        return made.result
    }

    /// Erases the answers of the requests that have made something which is deleted or edited.
    func eraseAnswers(about thing: IdempotencyRecord.Thing) throws {
        try session.update(
            own.idempotentRequests, ["things": .string(thing.text)],
            ["$unset": ["content.answer": ""], "$set": ["content.isErased": true]], many: true)
    }

    /// Erases the answers of a user's requests.
    func eraseAnswers(to user: String) throws {
        let callers = IdempotencyRecord.callers(for: user).map(BSONValue.string)
        try session.update(
            own.idempotentRequests, ["caller": ["$in": .array(callers)]],
            ["$unset": ["content.answer": ""], "$set": ["content.isErased": true]], many: true)
    }

    private func idempotencyRecord(_ id: String) throws -> IdempotencyRecord? {
        guard let document = try session.first(own.idempotentRequests, ["_id": .string(id)]) else { return nil }
        guard let content = document["content"] else { throw DocumentError(field: "content") }
        return IdempotencyRecord(
            id: id, caller: document["caller"]?.stringValue ?? "",
            expires: document["expires"]?.timestamp ?? Date(milliseconds: 0),
            content: try content.decoding(IdempotencyRecord.Content.self))
    }

    private func write(_ record: IdempotencyRecord) throws {
        let values: BSONValue = [
            "caller": .string(record.caller), "expires": .date(record.expires),
            "content": try .encoding(record.content),
        ]
        try session.update(own.idempotentRequests, ["_id": .string(record.id)], ["$set": values], upsert: true)
    }
}

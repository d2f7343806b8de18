public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``IdempotencyStore``.
    public func claim(
        _ claim: RequestClaim, isActive: @escaping @Sendable (_ token: String) -> Bool
    ) throws -> RequestClaim.Result {
        try transact(durable: false) {
            var record = try idempotencyRecord(claim.id)
            let result = try claim.take(&record, start: start.number, now: now()) { held in
                held.start == start.number ? isActive(held.token) : start.isLive(held.start)
            } count: {
                try connection.first(Self.requestsOfCaller, [.text(claim.caller)]) { $0.integer(0) } ?? 0
            }
            if case .claimed = result, let record { try write(record) }
            return result
        }
    }

    static let requestsOfCaller = "SELECT count(*) FROM idempotent_requests WHERE caller = ?"

    /// See ``IdempotencyStore``.
    public func endRequest(_ id: String, token: String, answer: KeptAnswer?, fingerprint: String?) throws -> Bool {
        try transact(durable: false) {
            var record = try idempotencyRecord(id)
            let former = record
            let isSame = IdempotencyRecord.end(&record, token: token, answer: answer, fingerprint: fingerprint)
            if let record {
                if record != former { try write(record) }
            } else if former != nil {
                try connection.run("DELETE FROM idempotent_requests WHERE id = ?", [.text(id)])
            }
            return isSame
        }
    }

    /// See ``IdempotencyStore``.
    public func deleteRequests(expiredBefore date: Date, limit: Int) throws -> Int {
        let values: [SQLiteValue] = [.integer(date.milliseconds), .integer(limit)]
        // Mostly there is none, and no transaction is needed.
        guard try translate({ try connection.first(Self.expiredRequests, values) { _ in true } }) != nil else {
            return 0
        }
        return try transact(durable: false) {
            try connection.change(
                "DELETE FROM idempotent_requests WHERE id IN (\(Self.expiredRequests))", values)
        }
    }

    static let expiredRequests = "SELECT id FROM idempotent_requests WHERE expires < ?1 LIMIT ?2"

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
        for thing in made.things {
            try connection.run(
                "INSERT OR IGNORE INTO idempotent_things (thing, request) VALUES (?, ?)",
                [.text(thing.text), .text(record.id)])
        }
        return made.result
    }

    /// Erases the answers of the requests that have made something which is deleted or edited.
    func eraseAnswers(about thing: IdempotencyRecord.Thing) throws {
        try connection.run(Self.eraseAnswers, [.text(thing.text)])
    }

    static let eraseAnswers = """
        UPDATE idempotent_requests SET content = json_set(json_remove(content, '$.answer'), '$.isErased', json('true'))
        WHERE id IN (SELECT request FROM idempotent_things WHERE thing = ?)
        """

    /// Erases the answers of a user's requests.
    func eraseAnswers(to user: String) throws {
        for caller in IdempotencyRecord.callers(for: user) {
            try connection.run(Self.eraseCallersAnswers, [.text(caller)])
        }
    }

    static let eraseCallersAnswers = """
        UPDATE idempotent_requests SET content = json_set(json_remove(content, '$.answer'), '$.isErased', json('true'))
        WHERE caller = ?
        """

    private func idempotencyRecord(_ id: String) throws -> IdempotencyRecord? {
        try connection.first(
            "SELECT caller, expires, content FROM idempotent_requests WHERE id = ?", [.text(id)]
        ) { row in
            IdempotencyRecord(
                id: id, caller: row.text(0), expires: Date(milliseconds: row.integer(1)),
                content: try StoredJSON.value(row.text(2)))
        }
    }

    private func write(_ record: IdempotencyRecord) throws {
        try connection.run(
            """
            INSERT INTO idempotent_requests (id, caller, expires, content) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET caller = excluded.caller, expires = excluded.expires, content = excluded.content
            """,
            [
                .text(record.id), .text(record.caller), .integer(record.expires.milliseconds),
                .text(try StoredJSON.text(record.content)),
            ])
    }
}

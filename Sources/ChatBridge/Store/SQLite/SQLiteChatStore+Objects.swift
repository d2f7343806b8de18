import Foundation

/// Who shows an object.
enum ObjectOwner {
    case message(Int)
    case media(String)

    var value: SQLiteValue {
        switch self {
        case .message(let number): .text("message:\(number)")
        case .media(let id): .text("media:\(id)")
        }
    }
}

extension SQLiteChatStore {
    /// See ``ObjectReferences``.
    public func reserve(objects: [String]) throws {
        try transact(durable: false) { for object in objects { try intend(object) } }
    }

    /// See ``ObjectReferences``.
    public func markForDeletion(objects: [String]) throws {
        try transact { try objects.forEach(giveUp) }
    }

    /// See ``ObjectReferences``.
    public func isReserved(_ object: String) throws -> Bool {
        try translate {
            try connection.first("SELECT 1 FROM pending_objects WHERE object = ?", [.text(object)]) { _ in true }
                ?? false
        }
    }

    /// Notes that `object` will be shown. While this start lives nobody takes it for abandoned; with `lifetime` (in
    /// milliseconds of uptime) it is kept for so long, whoever lives then.
    func intend(_ object: String, lifetime: Int? = nil, unusedAfter: Int? = nil) throws {
        guard try claim(of: object) == nil else {
            throw ChatError(.objectIsBeingDeleted)
        }
        // A reference wins: it is not to be deleted any more, and not to be looked at again either.
        try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
        try connection.run("DELETE FROM deletion_rechecks WHERE object = ?", [.text(object)])
        let uptime = uptimeMilliseconds
        try connection.run(
            """
            INSERT INTO pending_objects (object, created_at, start, since, lifetime, keep_until, unused_after)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET start = excluded.start, since = excluded.since, lifetime = excluded.lifetime,
                keep_until = excluded.keep_until, unused_after = excluded.unused_after
            """,
            [
                .text(object), .integer(now().milliseconds), .integer(start.number), .integer(uptime),
                SQLiteValue(lifetime), SQLiteValue(lifetime.map { uptime + $0 }),
                SQLiteValue(unusedAfter.map { uptime + $0 }),
            ])
    }

    /// Notes that `owner` shows `objects`, whose intents are fulfilled. Only what was reserved, is shown already or is still
    /// there although it was to be deleted can be shown: anything else may be gone.
    func hold(_ objects: [String], owner: ObjectOwner) throws {
        for object in objects {
            guard try canBeHeld(object) else {
                throw ChatError(.objectDeleted)
            }
            try connection.run(
                "INSERT OR IGNORE INTO object_owners (object, owner) VALUES (?, ?)", [.text(object), owner.value])
            try connection.run("DELETE FROM pending_objects WHERE object = ?", [.text(object)])
            try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
        }
    }

    private func canBeHeld(_ object: String) throws -> Bool {
        try connection.first(
            """
            SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pending_deletions WHERE object = ?1 AND claim IS NOT NULL) AND (
                ?2 OR EXISTS (SELECT 1 FROM pending_objects WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM object_owners WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM pending_deletions WHERE object = ?1))
            """, [.text(object), .integer(requiresReservations ? 0 : 1)]
        ) { _ in true } ?? false
    }

    /// Whether something shows `object`.
    func isHeld(_ object: String) throws -> Bool {
        try connection.first("SELECT 1 FROM object_owners WHERE object = ?", [.text(object)]) { _ in true } ?? false
    }

    /// Notes that `owner` shows nothing any more. Returns the objects that nobody shows now; they are doomed.
    func release(owner: ObjectOwner) throws -> [String] {
        let objects = try connection.rows("SELECT object FROM object_owners WHERE owner = ?", [owner.value]) {
            $0.text(0)
        }
        try connection.run("DELETE FROM object_owners WHERE owner = ?", [owner.value])
        return try objects.filter { try doomUnlessHeld($0) }
    }

    /// Dooms an object that was reserved, unless something shows it. Whoever was to write it may not know whether they did,
    /// and the store may end a request after the process that made it: so it is looked at again after it was deleted.
    func giveUp(_ object: String) throws {
        try connection.run("DELETE FROM pending_objects WHERE object = ?", [.text(object)])
        try connection.run("DELETE FROM presigned_uploads WHERE object = ?", [.text(object)])
        try doomUnlessHeld(object, rechecks: recheckDelays.count)
    }

    /// Notes that nobody shows `objects` any more, and dooms them.
    func release(objects: [String]) throws {
        for object in objects {
            try connection.run("DELETE FROM object_owners WHERE object = ?", [.text(object)])
            try doomUnlessHeld(object)
        }
    }

    @discardableResult
    func doomUnlessHeld(_ object: String, rechecks: Int = 0) throws -> Bool {
        guard try !isHeld(object) else { return false }
        try connection.run(
            """
            INSERT INTO pending_deletions (object, rechecks) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET rechecks = max(rechecks, excluded.rechecks)
            """, [.text(object), .integer(rechecks)])
        return true
    }

    /// The start that deletes `object` now.
    private func claim(of object: String) throws -> Int? {
        try connection.first("SELECT claim FROM pending_deletions WHERE object = ?", [.text(object)]) {
            $0.optionalInteger(0)
        } ?? nil
    }
}

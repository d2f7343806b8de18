public import ChatBridge
import Concurrency

extension SQLiteChatStore {
    /// How long after its deletion an object is deleted again that a late write may have created again, and how long after that
    /// once more.
    public static let defaultRecheckDelays: [Duration] = [.seconds(30), .seconds(600)]
    /// How many marks for deletion one transaction reads: more than another process claims at once.
    private static let batchRead = 1_000

    /// See ``ObjectReferences``.
    public func markAbandonedObjectsForDeletion(reservedFor age: Duration?) throws -> [String] {
        // Mostly there is none, and no transaction is needed.
        guard try translate({ try !abandoned(reservedFor: age).isEmpty || hasOrphanedLifetimes }) else { return [] }
        return try transact {
            try adoptLifetimes()
            let objects = try abandoned(reservedFor: age)
            try objects.forEach(cancelReservation)
            return objects
        }
    }

    /// See ``ObjectReferences``.
    public func abandonedObjects(reservedFor age: Duration?) throws -> [String] {
        try translate { try abandoned(reservedFor: age) }
    }

    /// See ``ObjectReferences``.
    public func pendingDeletions(limit: Int) throws -> [String] {
        try translate {
            try connection.rows("SELECT object FROM pending_deletions LIMIT ?", [.integer(limit)]) { $0.text(0) }
        }
    }

    /// See ``ObjectReferences``.
    public func claimPendingDeletions(limit: Int) throws -> [PendingDeletion] {
        guard try translate({ try hasWork }) else { return [] }
        return try transact {
            // Within the transaction: one that pauses deletions waits until it has ended.
            guard !start.isDeletionPaused else { return [] }
            try renewRechecks()
            var claimed: [PendingDeletion] = []
            for (object, claim, rechecks) in try pendingDeletionRows() where claimed.count < limit {
                guard claim == nil || claim == start.number || !start.isLive(claim ?? 0) else { continue }
                // An object whose deletion was begun has no reference and gains none. Any other may have one by now.
                if claim == nil, try isReferenced(object) || isReservedNow(object) {
                    try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
                    continue
                }
                try forgetContent(of: object)
                try connection.run(
                    "UPDATE pending_deletions SET claim = ?2 WHERE object = ?1",
                    [.text(object), .integer(start.number)])
                claimed.append(PendingDeletion(key: object, mayArriveLate: rechecks > 0))
            }
            return claimed
        }
    }

    /// See ``ObjectReferences``.
    public func release(objects: [String]) throws {
        try transact(durable: false) {
            for object in objects {
                let rechecks = try connection.first(
                    "SELECT rechecks FROM pending_deletions WHERE object = ?", [.text(object)]
                ) { $0.integer(0) }
                try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
                guard let rechecks, rechecks > 0 else { continue }
                try recheck(object, rechecks)
            }
        }
    }

    /// See ``ObjectReferences``.
    public func nextRecheck() throws -> Duration? {
        try translate {
            if start.isDeletionPaused, try hasWork { return .seconds(1) }
            let due = try connection.first(
                "SELECT min(due) FROM deletion_rechecks WHERE start = ?", [.integer(start.number)]
            ) { $0.optionalInteger(0) }
            return (due ?? nil).map { .milliseconds(max($0 - uptimeMilliseconds, 0)) }
        }
    }

    /// The objects that are reserved by a process that has ended, by this one longer ago than `age`, or for a time that is over.
    private func abandoned(reservedFor age: Duration?) throws -> [String] {
        let uptime = uptimeMilliseconds
        var found: [String] = []
        for other in try reservingStarts() {
            // A time that began in another process is over only if it had no length (see `adoptLifetimes`).
            let end = other == start.number ? max(uptime, 0) : 0
            found += try objects(Self.reservedForATime, [.integer(other), .integer(end)])
            if !start.isLive(other) {
                found += try objects(Self.reservedSince, [.integer(other), .integer(Int.max)])
            } else if other == start.number, let age {
                found += try objects(Self.reservedSince, [.integer(other), .integer(uptime - age.wholeMilliseconds)])
            }
        }
        return found
    }

    private func objects(_ query: String, _ values: [SQLiteValue]) throws -> [String] {
        try connection.rows(query, values) { $0.text(0) }
    }

    /// The process starts with reservations.
    private func reservingStarts() throws -> [Int] {
        try connection.rows(Self.startsOfPendingObjects) { $0.integer(0) }
    }

    /// Each start is found by one step in the index, whatever the number of its reservations.
    static let startsOfPendingObjects = distinctStarts(in: "pending_objects")

    /// What a start reserved for a time that ends at a given uptime or earlier.
    static let reservedForATime = """
        SELECT object FROM pending_objects AS intent WHERE start = ?1 AND keep_until <= ?2 AND \(isShownByNothing)
        """

    /// What a start reserved without a time limit at a given uptime or earlier.
    static let reservedSince = """
        SELECT object FROM pending_objects AS intent
        WHERE start = ?1 AND keep_until IS NULL AND since <= ?2 AND \(isShownByNothing)
        """

    private static let isShownByNothing =
        "NOT EXISTS (SELECT 1 FROM object_owners WHERE object_owners.object = intent.object)"

    private var hasOrphanedLifetimes: Bool {
        get throws { try !orphanedLifetimes.isEmpty }
    }

    /// The process starts that have ended and have reserved something for a time.
    private var orphanedLifetimes: [Int] {
        get throws {
            try reservingStarts().filter { other in
                guard !start.isLive(other) else { return false }
                return try connection.first(Self.reservesForATime, [.integer(other)]) { _ in true } ?? false
            }
        }
    }

    static let reservesForATime = "SELECT 1 FROM pending_objects WHERE start = ? AND keep_until IS NOT NULL LIMIT 1"

    /// Takes over what a process that has ended reserved for a time. It is kept for all of that time from now on, because
    /// without a wall clock it is not known how much of the time had passed.
    private func adoptLifetimes() throws {
        let uptime = uptimeMilliseconds
        for other in try orphanedLifetimes {
            try connection.run(
                """
                UPDATE pending_objects SET start = ?2, since = ?3,
                    keep_until = CASE WHEN keep_until <= 0 THEN 0 ELSE ?3 + lifetime END,
                    unused_after = CASE WHEN unused_after IS NULL THEN NULL ELSE ?3 + min(lifetime, unused_after - since) END
                WHERE start = ?1 AND keep_until IS NOT NULL
                """, [.integer(other), .integer(start.number), .integer(uptime)])
        }
    }

    private var hasWork: Bool {
        get throws {
            try connection.first(
                """
                SELECT 1 WHERE EXISTS (SELECT 1 FROM pending_deletions)
                    OR EXISTS (SELECT 1 FROM deletion_rechecks WHERE start <> ?1 OR due <= ?2)
                """, [.integer(start.number), .integer(uptimeMilliseconds)]
            ) { _ in true } ?? false
        }
    }

    private func pendingDeletionRows() throws -> [(object: String, claim: Int?, rechecks: Int)] {
        try connection.rows("SELECT object, claim, rechecks FROM pending_deletions LIMIT ?", [.integer(Self.batchRead)])
        {
            ($0.text(0), $0.optionalInteger(1), $0.integer(2))
        }
    }

    private func isReservedNow(_ object: String) throws -> Bool {
        try connection.first("SELECT 1 FROM pending_objects WHERE object = ?", [.text(object)]) { _ in true } ?? false
    }

    private func recheck(_ object: String, _ rechecks: Int) throws {
        // An earlier process may have been configured with more rechecks.
        guard let delay = recheckDelays.suffix(rechecks).first else { return }
        try connection.run(
            """
            INSERT INTO deletion_rechecks (object, start, due, rechecks) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET start = excluded.start, due = excluded.due, rechecks = excluded.rechecks
            """,
            [
                .text(object), .integer(start.number), .integer(uptimeMilliseconds + delay.wholeMilliseconds),
                .integer(rechecks),
            ])
    }

    /// Marks objects whose recheck is due for deletion again, and takes over the rechecks of processes that have ended, whose
    /// delay starts again.
    private func renewRechecks() throws {
        let waiting = try connection.rows(
            "SELECT object, start, due, rechecks FROM deletion_rechecks WHERE start <> ? OR due <= ?",
            [.integer(start.number), .integer(uptimeMilliseconds)]
        ) {
            (object: $0.text(0), start: $0.integer(1), due: $0.integer(2), rechecks: $0.integer(3))
        }
        for entry in waiting {
            if entry.start == start.number {
                guard entry.due <= uptimeMilliseconds else { continue }
                try connection.run("DELETE FROM deletion_rechecks WHERE object = ?", [.text(entry.object)])
                try markForDeletionUnlessReferenced(entry.object, rechecks: entry.rechecks - 1)
            } else if !start.isLive(entry.start) {
                try recheck(entry.object, entry.rechecks)
            }
        }
    }
}

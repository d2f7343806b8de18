import ChatBridge
import Foundation
import MediaModel

/// The owner of a reference to an object.
package enum ObjectOwner {
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
        try transact(durable: false) { for object in objects { try reserve(object) } }
    }

    /// See ``ObjectReferences``.
    public func markForDeletion(objects: [String]) throws {
        try transact { try objects.forEach(cancelReservation) }
    }

    /// See ``ObjectReferences``.
    public func isReserved(_ object: String) throws -> Bool {
        try translate {
            try connection.first("SELECT 1 FROM pending_objects WHERE object = ?", [.text(object)]) { _ in true }
                ?? false
        }
    }

    /// Reserves `object`. It does not count as abandoned while this process runs; with `lifetime` (in milliseconds of uptime) it
    /// is kept for so long, even if this process ends before.
    /// - Throws: ``StoreError/objectIsBeingDeleted``.
    func reserve(_ object: String, lifetime: Int? = nil, unusedAfter: Int? = nil) throws {
        guard try claim(of: object) == nil else {
            throw ChatError(.objectIsBeingDeleted)
        }
        // A reservation wins: the object is not deleted any more, and not checked again either.
        try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
        try connection.run("DELETE FROM deletion_rechecks WHERE object = ?", [.text(object)])
        let uptime = uptimeMilliseconds
        // What an earlier reservation of the object was to share, this one does not.
        let shared = try sharedObject(of: object)
        try connection.run(
            """
            INSERT INTO pending_objects (object, created_at, start, since, lifetime, keep_until, unused_after)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET start = excluded.start, since = excluded.since, lifetime = excluded.lifetime,
                keep_until = excluded.keep_until, unused_after = excluded.unused_after, shares = NULL
            """,
            [
                .text(object), .integer(now().milliseconds), .integer(start.number), .integer(uptime),
                SQLiteValue(lifetime), SQLiteValue(lifetime.map { uptime + $0 }),
                SQLiteValue(unusedAfter.map { uptime + $0 }),
            ])
        if let shared { try markForDeletionUnlessReferenced(shared) }
    }

    /// Adds references from `owner` to `objects`, whose reservations are fulfilled. Only an object that was reserved, is
    /// referenced already or is still there although marked for deletion can be referenced: any other may have been deleted.
    /// - Parameter origin: whose files the originals of new references are.
    /// - Throws: ``StoreError/objectDeleted``.
    func addReferences(to records: [MediaRecord], from owner: ObjectOwner, of origin: FileOrigin) throws {
        let originals = Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
        for object in records.flatMap(\.objects) {
            guard try canBeReferenced(object) else {
                throw ChatError(.objectDeleted)
            }
            let original = originals[object]
            let added = try connection.change(
                "INSERT OR IGNORE INTO object_owners (object, owner, user) VALUES (?, ?, ?)",
                [.text(object), owner.value, SQLiteValue(original.map { _ in origin.user })])
            if added > 0, let original { try addUserFile(original, of: origin) }
            let shared = try sharedObject(of: object)
            try connection.run("DELETE FROM pending_objects WHERE object = ?", [.text(object)])
            try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
            if let shared { try markForDeletionUnlessReferenced(shared) }
        }
    }

    private func canBeReferenced(_ object: String) throws -> Bool {
        try connection.first(
            """
            SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pending_deletions WHERE object = ?1 AND claim IS NOT NULL) AND (
                ?2 OR EXISTS (SELECT 1 FROM pending_objects WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM object_owners WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM pending_objects WHERE shares = ?1)
                OR EXISTS (SELECT 1 FROM pending_deletions WHERE object = ?1))
            """, [.text(object), .integer(requiresReservations ? 0 : 1)]
        ) { _ in true } ?? false
    }

    /// Whether a message or medium references `object`, or an upload that is to reference it.
    func isReferenced(_ object: String) throws -> Bool {
        try connection.first(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM object_owners WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM pending_objects WHERE shares = ?1)
            """, [.text(object)]
        ) { _ in true } ?? false
    }

    /// Whether an object that nothing references is reserved, is marked for deletion, or may still be written by a client.
    func isInUse(_ object: String) throws -> Bool {
        try connection.first(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM pending_objects WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM pending_deletions WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM watched_uploads WHERE object = ?1)
            """, [.text(object)]
        ) { _ in true } ?? false
    }

    /// Removes the references of `owner`. Returns the objects that have no reference now, which are marked for deletion.
    func removeReferences(of owner: ObjectOwner) throws -> [String] {
        let objects = try connection.rows("SELECT object FROM object_owners WHERE owner = ?", [owner.value]) {
            $0.text(0)
        }
        try connection.run("DELETE FROM object_owners WHERE owner = ?", [owner.value])
        return try objects.filter { try markForDeletionUnlessReferenced($0) }
    }

    /// Cancels the reservation of an object, and marks it for deletion unless it is referenced. The writer may not know whether
    /// the object was written, and the object store may complete a request after the process that made it has ended: so the
    /// object is checked again after it was deleted.
    func cancelReservation(_ object: String) throws {
        try endReservation(of: object)
        try connection.run("DELETE FROM presigned_uploads WHERE object = ?", [.text(object)])
        if try markForDeletionUnlessReferenced(object, rechecks: recheckDelays.count) { try forgetContent(of: object) }
    }

    /// Removes references of `owner`. Returns the objects that have no reference now, which are marked for deletion.
    func removeReferences(of owner: ObjectOwner, to objects: [String]) throws -> [String] {
        for object in objects {
            try connection.run(
                "DELETE FROM object_owners WHERE object = ? AND owner = ?", [.text(object), owner.value])
        }
        return try objects.filter { try markForDeletionUnlessReferenced($0) }
    }

    @discardableResult
    func markForDeletionUnlessReferenced(_ object: String, rechecks: Int = 0) throws -> Bool {
        guard try !isReferenced(object) else { return false }
        try connection.run(
            """
            INSERT INTO pending_deletions (object, rechecks) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET rechecks = max(rechecks, excluded.rechecks)
            """, [.text(object), .integer(rechecks)])
        return true
    }

    /// The process start that is deleting `object`.
    private func claim(of object: String) throws -> Int? {
        try connection.first("SELECT claim FROM pending_deletions WHERE object = ?", [.text(object)]) {
            $0.optionalInteger(0)
        } ?? nil
    }
}

public import ChatBridge

/// Objects of the same content, of which one is stored. An upload that is to reference a stored object reserves a key of its own,
/// under which nothing is written; the reservation names the stored object, and counts as a reference to it.
extension SQLiteChatStore {
    /// See ``ObjectReferences``.
    public func reserve(_ drafts: [ObjectDraft]) throws -> [String: String] {
        try transact(durable: false) {
            var stored: [String: String] = [:]
            for draft in drafts {
                try reserve(draft.key)
                guard let fingerprint = draft.fingerprint else { continue }
                if let object = try storedObject(fingerprint, otherThan: draft.key) {
                    try connection.run(
                        "UPDATE pending_objects SET shares = ?2 WHERE object = ?1", [.text(draft.key), .text(object)])
                    try connection.run("DELETE FROM pending_deletions WHERE object = ?", [.text(object)])
                    stored[draft.key] = object
                } else {
                    try recordContent(fingerprint, of: draft.key)
                }
            }
            return stored
        }
    }

    /// See ``ObjectReferences``.
    public func endReservations(of objects: [String]) throws {
        try transact(durable: false) {
            for object in objects { try endReservation(of: object) }
        }
    }

    /// Deletes the reservation of an object, and marks for deletion what was to be referenced in its place, unless it is.
    func endReservation(of object: String) throws {
        let shared = try sharedObject(of: object)
        try connection.run("DELETE FROM pending_objects WHERE object = ?", [.text(object)])
        if let shared { try markForDeletionUnlessReferenced(shared) }
    }

    /// The stored object that is to be referenced in place of a reserved one.
    func sharedObject(of object: String) throws -> String? {
        try connection.first("SELECT shares FROM pending_objects WHERE object = ?", [.text(object)]) {
            $0.optionalText(0)
        } ?? nil
    }

    /// See ``ObjectReferences``.
    public func setFingerprints(of objects: [ObjectDraft]) throws {
        try transact(durable: false) {
            for object in objects {
                guard let fingerprint = object.fingerprint else {
                    try forgetContent(of: object.key)
                    continue
                }
                // Of one that is not referenced nothing needs to be known.
                guard try isReferenced(object.key) else { continue }
                try recordContent(fingerprint, of: object.key)
            }
        }
    }

    private func recordContent(_ fingerprint: String, of object: String) throws {
        try connection.run(
            "INSERT OR REPLACE INTO object_contents (object, fingerprint) VALUES (?, ?)",
            [.text(object), .text(fingerprint)])
    }

    /// From now on, no upload shares an object.
    func forgetContent(of object: String) throws {
        try connection.run("DELETE FROM object_contents WHERE object = ?", [.text(object)])
    }

    /// An object of that fingerprint that was written, is referenced, and is not being deleted.
    private func storedObject(_ fingerprint: String, otherThan object: String) throws -> String? {
        while let found = try connection.first(
            Self.storedObject, [.text(fingerprint), .text(object)], { $0.text(0) })
        {
            let references = try connection.first(
                "SELECT count(*) FROM (SELECT 1 FROM object_owners WHERE object = ? LIMIT ?)",
                [.text(found), .integer(ObjectDraft.maximumReferences)]
            ) { $0.integer(0) }
            guard references == ObjectDraft.maximumReferences else { return found }
            // The next upload is shared in its place.
            try forgetContent(of: found)
        }
        return nil
    }

    /// An object is reserved until it is referenced for the first time, which it is after it was written.
    static let storedObject = """
        SELECT object FROM object_contents AS content WHERE fingerprint = ?1 AND object <> ?2
            AND NOT EXISTS (SELECT 1 FROM pending_objects WHERE pending_objects.object = content.object)
            AND NOT EXISTS (
                SELECT 1 FROM pending_deletions WHERE pending_deletions.object = content.object AND claim IS NOT NULL)
            AND (EXISTS (SELECT 1 FROM object_owners WHERE object_owners.object = content.object)
                OR EXISTS (SELECT 1 FROM pending_objects WHERE pending_objects.shares = content.object))
        LIMIT 1
        """
}

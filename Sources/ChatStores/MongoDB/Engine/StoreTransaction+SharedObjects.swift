import ChatBridge
import ChatDocuments

/// Objects of the same content, of which one is stored. An upload that is to reference a stored object reserves a key of its own,
/// under which nothing is written; the reservation names the stored object, which counts it.
extension StoreTransaction {
    /// See ``ObjectReferences``.
    func reserve(_ drafts: [ObjectDraft]) throws -> [String: String] {
        var stored: [String: String] = [:]
        for draft in drafts {
            try reserve(draft.key)
            guard let fingerprint = draft.fingerprint else { continue }
            if let object = try storedObject(fingerprint, otherThan: draft.key) {
                try change(draft.key) { $0.reservation?.shares = object }
                try change(object) { state in
                    state.sharers += 1
                    state.deletion = nil
                }
                stored[draft.key] = object
            } else {
                try change(draft.key) { $0.fingerprint = fingerprint }
            }
        }
        return stored
    }

    /// Deletes the reservation of an object, and marks for deletion what was to be referenced in its place, unless it is.
    func endReservation(of object: String) throws {
        let shared = try change(object) { state in
            let shared = state.reservation?.shares
            state.reservation = nil
            return shared
        }
        try endSharing(of: shared)
    }

    /// Counts one reservation less that shares an object, which is marked for deletion where nothing else refers to it.
    /// - Parameter object: `nil` where the reservation has shared none.
    func endSharing(of object: String?) throws {
        guard let object else { return }
        try change(object) { state in
            state.sharers = max(state.sharers - 1, 0)
            state.markForDeletion()
        }
    }

    /// See ``ObjectReferences``.
    func setFingerprints(of objects: [ObjectDraft]) throws {
        for object in objects {
            try change(object.key) { state in
                // Of one that is not referenced nothing needs to be known.
                if object.fingerprint == nil || state.isReferenced { state.fingerprint = object.fingerprint }
            }
        }
    }

    /// An object of that fingerprint that was written, is referenced, and is not being deleted. It is reserved until it is
    /// referenced for the first time, which it is after it was written.
    private func storedObject(_ fingerprint: String, otherThan object: String) throws -> String? {
        let condition: BSONDocument = [
            "fingerprint": .string(fingerprint), "reservation": ["$exists": false],
            "deletion.claim": ["$exists": false], "_id": ["$ne": .string(object)],
            "$or": [["references": ["$gt": 0]], ["sharers": ["$gt": 0]]],
        ]
        while let found = try objects(condition, limit: 1).first {
            guard found.state.references >= ObjectDraft.maximumReferences else { return found.key }
            // The next upload is shared in its place.
            try change(found.key) { $0.fingerprint = nil }
        }
        return nil
    }
}

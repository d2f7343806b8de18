import ChatBridge
import ChatDocuments

extension StoreTransaction {
    /// What is known of an object.
    func state(of object: String) throws -> ObjectState {
        try session.first(own.objects, ["_id": .string(object)]).map(ObjectState.init) ?? ObjectState()
    }

    /// Changes what is known of an object.
    @discardableResult
    func change<Result>(_ object: String, _ body: (inout ObjectState) throws -> Result) throws -> Result {
        let old = try state(of: object)
        var new = old
        let result = try body(&new)
        try write(object, old, new)
        return result
    }

    func write(_ object: String, _ old: ObjectState, _ new: ObjectState) throws {
        guard new != old else { return }
        let filter: BSONDocument = ["_id": .string(object)]
        if new.isEmpty {
            try session.delete(own.objects, filter)
        } else {
            try session.update(own.objects, filter, .document(filter.merging(new.document)), upsert: true)
        }
    }

    /// Reserves an object. It does not count as abandoned while this process runs; with `lifetime` (in milliseconds of uptime)
    /// it is kept for so long, even if this process ends before.
    /// - Throws: ``StoreError/objectIsBeingDeleted``.
    func reserve(_ object: String, lifetime: Int? = nil, unusedAfter: Int? = nil) throws {
        let shared = try change(object) { state in
            guard state.deletion?.claim == nil else { throw ChatError(.objectIsBeingDeleted) }
            // What an earlier reservation of the object was to share, this one does not.
            let shared = state.reservation?.shares
            // A reservation wins: the object is not deleted any more, and not checked again either.
            (state.deletion, state.recheck) = (nil, nil)
            state.reservation = ObjectState.Reservation(
                start: start, since: uptime, lifetime: lifetime, keepUntil: lifetime.map { uptime + $0 },
                unusedAfter: unusedAfter.map { uptime + $0 })
            return shared
        }
        try endSharing(of: shared)
    }

    /// Cancels the reservation of an object, and marks it for deletion unless it is referenced. The writer may not know whether
    /// the object was written, and the object store may complete a request after the process that made it has ended: so the
    /// object is checked again after it was deleted.
    func cancelReservation(_ object: String) throws {
        try session.delete(own.uploads, ["object": .string(object)])
        try endReservation(of: object)
        try change(object) { state in
            if state.markForDeletion(rechecks: recheckDelays.count) { state.fingerprint = nil }
        }
    }

    func isReserved(_ object: String) throws -> Bool { try state(of: object).reservation != nil }

    func isReferenced(_ object: String) throws -> Bool { try state(of: object).isReferenced }

    /// The objects that `condition` selects, with what is known of each.
    func objects(_ condition: BSONDocument, limit: Int? = nil) throws -> [(key: String, state: ObjectState)] {
        try session.find(own.objects, condition, limit: limit).compactMap { document in
            document["_id"]?.stringValue.map { ($0, ObjectState(document)) }
        }
    }
}

import ChatBridge
import ChatDocuments
import Concurrency

extension StoreTransaction {
    /// How many marks for deletion one transaction reads: more than another process claims at once.
    private static let batch = 1_000
    private static let isMarked: BSONDocument = ["deletion.rechecks": ["$gte": 0]]

    func pendingDeletions(limit: Int) throws -> [String] { try objects(Self.isMarked, limit: limit).map(\.key) }

    func claimPendingDeletions(limit: Int) throws -> [PendingDeletion] {
        try renewRechecks()
        var claimed: [PendingDeletion] = []
        for (key, state) in try objects(Self.isMarked, limit: Self.batch) where claimed.count < limit {
            guard let deletion = state.deletion else { continue }
            if let claim = deletion.claim, claim != start, try live().contains(claim) { continue }
            var new = state
            // An object whose deletion was begun has no reference and gains none. Any other may have one by now.
            if deletion.claim == nil, state.isReferenced || state.reservation != nil {
                new.deletion = nil
            } else {
                new.deletion?.claim = start
                new.fingerprint = nil
                claimed.append(PendingDeletion(key: key, mayArriveLate: deletion.rechecks > 0))
            }
            try write(key, state, new)
        }
        return claimed
    }

    /// Whether something is marked for deletion, or is to be checked again.
    func hasDeletions() throws -> Bool {
        if try !objects(Self.isMarked, limit: 1).isEmpty { return true }
        return try !objects(dueRechecks, limit: 1).isEmpty || !objects(endedRechecks(), limit: 1).isEmpty
    }

    func release(objects: [String]) throws {
        for object in objects {
            try change(object) { state in
                let rechecks = state.deletion?.rechecks ?? 0
                state.deletion = nil
                if rechecks > 0 { setRecheck(&state, rechecks) }
            }
        }
    }

    func nextRecheck() throws -> Duration? {
        let next = try session.first(
            own.objects, ["recheck.start": .int64(start)], sort: ["recheck.start": 1, "recheck.due": 1])
        return next.flatMap { ObjectState($0).recheck }.map { .milliseconds(max($0.due - uptime, 0)) }
    }

    private func setRecheck(_ state: inout ObjectState, _ rechecks: Int) {
        // An earlier process may have been configured with more rechecks.
        guard let delay = recheckDelays.suffix(rechecks).first else { return }
        state.recheck = ObjectState.Recheck(
            start: start, due: uptime + delay.wholeMilliseconds, rechecks: rechecks)
    }

    private var dueRechecks: BSONDocument {
        ["recheck.start": .int64(start), "recheck.due": ["$lte": .int64(uptime)]]
    }

    private func endedRechecks() throws -> BSONDocument { ["recheck.start": try ofEndedStarts()] }

    /// Marks objects whose recheck is due for deletion again, and takes over the rechecks of processes that have ended, whose
    /// delay starts again.
    private func renewRechecks() throws {
        for (key, state) in try objects(dueRechecks, limit: Self.batch) {
            var new = state
            new.recheck = nil
            new.markForDeletion(rechecks: (state.recheck?.rechecks ?? 1) - 1)
            try write(key, state, new)
        }
        for (key, state) in try objects(endedRechecks(), limit: Self.batch) {
            var new = state
            new.recheck = nil
            setRecheck(&new, state.recheck?.rechecks ?? 0)
            try write(key, state, new)
        }
    }
}

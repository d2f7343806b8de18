import ChatBridge
import ChatDocuments
import Concurrency

extension StoreTransaction {
    /// The objects that are reserved by a process that has ended, by this one longer ago than `age`, or for a time that is over.
    func abandonedObjects(reservedFor age: Duration?) throws -> [String] {
        let own: BSONValue = .int64(start)
        var conditions: [BSONDocument] = [
            ["reservation.start": own, "reservation.keepUntil": ["$lte": .int64(max(uptime, 0))]],
            // A time that began in another process is over only if it had no length (see `adoptLifetimes`).
            ["reservation.start": ["$ne": own, "$gte": 0], "reservation.keepUntil": ["$lte": 0]],
            ["reservation.start": try ofEndedStarts(), "reservation.keepUntil": .null],
        ]
        if let age {
            conditions.append([
                "reservation.start": own, "reservation.keepUntil": .null,
                "reservation.since": ["$lte": .int64(uptime - age.wholeMilliseconds)],
            ])
        }
        return try conditions.flatMap { try objects($0).filter { !$0.state.isReferenced }.map(\.key) }
    }

    func markAbandonedObjectsForDeletion(reservedFor age: Duration?) throws -> [String] {
        try adoptLifetimes()
        let objects = try abandonedObjects(reservedFor: age)
        try objects.forEach(cancelReservation)
        return objects
    }

    /// Whether there is anything for ``markAbandonedObjectsForDeletion(reservedFor:)`` to do.
    func hasAbandonedObjects(reservedFor age: Duration?) throws -> Bool {
        try !abandonedObjects(reservedFor: age).isEmpty || !objects(endedLifetimes(), limit: 1).isEmpty
    }

    private func endedLifetimes() throws -> BSONDocument {
        ["reservation.start": try ofEndedStarts(), "reservation.keepUntil": ["$gte": .int64(.min)]]
    }

    /// Takes over what a process that has ended reserved for a time. It is kept for all of that time from now on, because
    /// without a wall clock it is not known how much of the time had passed.
    private func adoptLifetimes() throws {
        let used: BSONValue = ["$subtract": ["$reservation.unusedAfter", "$reservation.since"]]
        let unusedAfter: BSONValue = ["$add": [.int64(uptime), ["$min": ["$reservation.lifetime", used]]]]
        let isUnchecked: BSONValue = ["$gt": ["$reservation.unusedAfter", .null]]
        let isOver: BSONValue = ["$lte": ["$reservation.keepUntil", 0]]
        let values: BSONValue = [
            "reservation.start": .int64(start), "reservation.since": .int64(uptime),
            "reservation.keepUntil": [
                "$cond": [isOver, 0, ["$add": [.int64(uptime), "$reservation.lifetime"]]]
            ],
            "reservation.unusedAfter": ["$cond": [isUnchecked, unusedAfter, "$$REMOVE"]],
        ]
        try session.update(own.objects, endedLifetimes(), [["$set": values]], many: true)
    }

    func uncheckedUploads(limit: Int) throws -> [String] {
        try objects(
            ["reservation.start": .int64(start), "reservation.unusedAfter": ["$lte": .int64(uptime)]], limit: limit
        ).map(\.key)
    }

    func retainUploads(_ objects: [String]) throws {
        for object in objects { try change(object) { $0.reservation?.unusedAfter = nil } }
    }
}

import ChatDocuments

/// What is known of an object: a document that every transaction writes which changes what refers to the object, so that of two
/// that would contradict each other only one is performed.
struct ObjectState: Equatable {
    /// By whom, when and for how long it is reserved; times are uptimes of the start, in milliseconds.
    struct Reservation: Equatable {
        var start: Int
        var since: Int
        /// For how long it is kept even if the process ends; `nil` for as long as that lives.
        var lifetime: Int?
        var keepUntil: Int?
        /// When it is checked whether it was used.
        var unusedAfter: Int?
        /// The stored object that is to be referenced in its place: nothing is written then.
        var shares: String?
    }

    /// It is marked for deletion.
    struct Deletion: Equatable {
        /// The start that deletes it: it can gain no reference any more.
        var claim: Int?
        /// How often it is deleted again later.
        var rechecks: Int
    }

    /// It was deleted, but a write may still arrive.
    struct Recheck: Equatable {
        var start: Int
        var due: Int
        var rechecks: Int
    }

    /// How many messages and media refer to it.
    var references = 0
    /// How many reservations of other objects share it (``Reservation/shares``).
    var sharers = 0
    /// Equal for objects of which one can be referenced in place of any other.
    var fingerprint: String?
    var reservation: Reservation?
    var deletion: Deletion?
    var recheck: Recheck?

    var isReferenced: Bool { references > 0 || sharers > 0 }

    /// Whether nothing needs to be known of it.
    var isEmpty: Bool { self == ObjectState() }

    /// Marks it for deletion unless it is referenced; whether it was marked.
    @discardableResult
    mutating func markForDeletion(rechecks: Int = 0) -> Bool {
        guard !isReferenced else { return false }
        deletion = Deletion(claim: deletion?.claim, rechecks: max(deletion?.rechecks ?? 0, rechecks))
        return true
    }
}

extension ObjectState {
    /// The fields of the document beside `_id`.
    var document: BSONDocument {
        var document: BSONDocument = [:]
        if references != 0 { document["references"] = .int64(references) }
        if sharers != 0 { document["sharers"] = .int64(sharers) }
        document["fingerprint"] = fingerprint.map(BSONValue.string)
        if let reservation {
            var fields: BSONDocument = ["start": .int64(reservation.start), "since": .int64(reservation.since)]
            fields["lifetime"] = reservation.lifetime.map(BSONValue.int64)
            fields["keepUntil"] = reservation.keepUntil.map(BSONValue.int64)
            fields["unusedAfter"] = reservation.unusedAfter.map(BSONValue.int64)
            fields["shares"] = reservation.shares.map(BSONValue.string)
            document["reservation"] = .document(fields)
        }
        if let deletion {
            var fields: BSONDocument = ["rechecks": .int64(deletion.rechecks)]
            fields["claim"] = deletion.claim.map(BSONValue.int64)
            document["deletion"] = .document(fields)
        }
        if let recheck {
            document["recheck"] = [
                "start": .int64(recheck.start), "due": .int64(recheck.due), "rechecks": .int64(recheck.rechecks),
            ]
        }
        return document
    }

    init(_ document: BSONDocument) {
        references = document["references"]?.integerValue ?? 0
        sharers = document["sharers"]?.integerValue ?? 0
        fingerprint = document["fingerprint"]?.stringValue
        if let fields = document["reservation"]?.documentValue {
            reservation = Reservation(
                start: fields["start"]?.integerValue ?? 0, since: fields["since"]?.integerValue ?? 0,
                lifetime: fields["lifetime"]?.integerValue, keepUntil: fields["keepUntil"]?.integerValue,
                unusedAfter: fields["unusedAfter"]?.integerValue,
                shares: fields["shares"]?.stringValue)
        }
        if let fields = document["deletion"]?.documentValue {
            deletion = Deletion(
                claim: fields["claim"]?.integerValue, rechecks: fields["rechecks"]?.integerValue ?? 0)
        }
        if let fields = document["recheck"]?.documentValue {
            recheck = Recheck(
                start: fields["start"]?.integerValue ?? 0, due: fields["due"]?.integerValue ?? 0,
                rechecks: fields["rechecks"]?.integerValue ?? 0)
        }
    }
}

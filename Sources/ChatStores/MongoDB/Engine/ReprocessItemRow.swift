import ChatBridge
import ChatDocuments

/// An item of a job, and what the store keeps beside it.
struct ReprocessItemRow {
    var number: Int
    var object: String
    var state: ReprocessItem.State
    var attempts: Int
    /// Who has begun it.
    var holder: String?
    /// The start of the holder's process.
    var holderStart: Int
    /// The object that is being written for it.
    var reserved: String?

    /// The item that a document represents.
    init(_ document: BSONDocument) {
        number = document["_id"]?.integerValue ?? 0
        object = document["object"]?.stringValue ?? ""
        state = ReprocessItem.State(rawValue: document["state"]?.stringValue ?? "") ?? .waiting
        attempts = document["attempts"]?.integerValue ?? 0
        holder = document["holder"]?.stringValue
        holderStart = document["holderStart"]?.integerValue ?? 0
        reserved = document["reserved"]?.stringValue
    }
}

import ChatBridge
import ChatDocuments

extension MediaJobItemRow {
    /// The item that a document represents.
    init(_ document: BSONDocument) {
        self.init(
            number: document["_id"]?.integerValue ?? 0, object: document["object"]?.stringValue ?? "",
            state: MediaJobItem.State(rawValue: document["state"]?.stringValue ?? "") ?? .waiting,
            attempts: document["attempts"]?.integerValue ?? 0, holder: document["holder"]?.stringValue,
            holderStart: document["holderStart"]?.integerValue ?? 0, reserved: document["reserved"]?.stringValue)
    }
}

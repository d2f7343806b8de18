import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    /// How many messages get their terms at once, in a transaction of bounded time: a message may have thousands.
    private static let indexedAtOnce = 100

    /// Writes the terms of some messages that an earlier release has saved, in the order of their places, and how far that has
    /// come: a process that is killed meanwhile has done a part of it, and the next one continues there. Returns whether there may
    /// be more. A message whose text changes meanwhile gets the terms of its new text with that change.
    func indexSomeMessages(of dialect: Dialect) throws -> Bool {
        let database = database(of: dialect)
        let state: BSONDocument = ["_id": .string(dialect.rawValue)]
        let known = try session.first(own.search, state)
        guard known?["isComplete"]?.boolValue != true else { return false }
        let text = database.model.messageFields.text
        let fields = BSONDocument([(text, BSONValue.int64(1)), ("darkroom.order", .int64(1))])
        var messages = try session.find(
            database.messages, ["darkroom.order": ["$gt": .int64(known?["indexed"]?.integerValue ?? 0)]],
            sort: ["darkroom.order": 1], limit: Self.indexedAtOnce, fields: fields)
        let last = messages.last?[path: "darkroom.order"]
        if messages.count == Self.indexedAtOnce, let last {
            // Messages of other conversations may have the same place.
            messages += try session.find(database.messages, ["darkroom.order": last], fields: fields)
        }
        try session.update(database.messages, each: messages.compactMap { Self.assignTerms($0, text) })
        let isComplete = messages.count < Self.indexedAtOnce
        let progress: BSONDocument = [
            "indexed": last ?? known?["indexed"] ?? .int64(0), "isComplete": .bool(isComplete),
        ]
        try session.update(own.search, state, ["$set": .document(progress)], upsert: true)
        return !isComplete
    }

    /// The condition and the update by which a message with the text in the field `text` gets its terms.
    private static func assignTerms(_ message: BSONDocument, _ text: String) -> (BSONDocument, BSONDocument)? {
        guard let id = message["_id"] else { return nil }
        let value = message[path: text]?.stringValue ?? ""
        var assigned: BSONDocument = ["darkroom.terms": .array(SearchTerms.terms(of: value).map(BSONValue.string))]
        if !value.utf8.allSatisfy({ $0 < 0x80 }) { assigned["darkroom.folded"] = .string(SearchText.folded(value)) }
        return (BSONDocument([("_id", id), (text, message[path: text] ?? .null)]), ["$set": .document(assigned)])
    }
}

import ChatDocuments
import JSON
import Synchronization

/// A document of the chat server's own that cannot be read: it lacks what its model requires.
package struct UnreadableDocument: Sendable, Hashable {
    /// The database and collection.
    package let collection: String
    /// Its identifier, as text.
    package let id: String
    /// What cannot be read.
    package let reason: String
}

/// Skips documents that cannot be read, so that they do not hide others, and reports each once.
final class UnreadableDocuments: Sendable {
    /// How many are remembered: of more than these, some are reported again.
    private static let maximum = 10_000

    private let reported = Mutex<Set<UnreadableDocument>>([])
    private let report: @Sendable (UnreadableDocument) -> Void

    init(_ report: @escaping @Sendable (UnreadableDocument) -> Void) { self.report = report }

    /// The value that `read` makes of a document; `nil` where that is not possible.
    func read<Value>(
        _ document: BSONDocument, of collection: MongoCollection, _ read: (BSONDocument) throws -> Value
    ) throws -> Value? {
        do {
            return try read(document)
        } catch let error as DocumentError {
            skip(document, collection, "\(error.field) is missing, or of another type")
        } catch let error as DecodingError {
            skip(document, collection, "\(error)")
        }
        return nil
    }

    private func skip(_ document: BSONDocument, _ collection: MongoCollection, _ reason: String) {
        let id = document["_id"]?.identifierValue ?? document["_id"]?.literal?.encodedText() ?? "of an unknown type"
        let entry = UnreadableDocument(collection: "\(collection.database).\(collection.name)", id: id, reason: reason)
        let isNew = reported.withLock { reported in
            if reported.count >= Self.maximum { reported.removeAll() }
            return reported.insert(entry).inserted
        }
        if isNew { report(entry) }
    }
}

import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func endedPolls(in dialect: Dialect, at date: Date, limit: Int) throws -> [ChatMessage] {
        guard limit > 0 else { return [] }
        let fields = database(of: dialect).model.messageFields
        let filter = BSONDocument([(fields.pollEnd, ["$lte": .int64(date.milliseconds)] as BSONValue)])
        let sort = BSONDocument([(fields.pollEnd, BSONValue.int64(1))])
        return try messageRows(filter.merging(fields.isPresent), in: dialect, sort: sort, limit: limit).map(\.message)
    }

    func nextPollEnd(in dialect: Dialect) throws -> Date? {
        let database = database(of: dialect)
        let field = database.model.messageFields.pollEnd
        let first = try session.first(
            database.messages,
            BSONDocument([(field, ["$gt": 0] as BSONValue)]).merging(database.model.messageFields.isPresent),
            sort: BSONDocument([(field, BSONValue.int64(1))]), fields: BSONDocument([(field, BSONValue.int64(1))]))
        return first?[path: field]?.integerValue.map(Date.init(milliseconds:))
    }

    /// Writes the poll of a message to the chat server's collection of polls, where that is named; what the chat server has added to
    /// it, also to its options and their votes, stays. A poll that the message has no more is removed.
    /// - Parameter former: the message as it was before; `nil` for a new one.
    func writePoll(of message: ChatMessage, instead former: ChatMessage? = nil) throws {
        let database = database(of: message.dialect)
        guard let polls = database.polls else { return }
        let old = former.flatMap { database.model.poll(of: $0) }
        let new = database.model.poll(of: message)
        guard old != new, let id = (new ?? old)?["_id"] else { return }
        guard var fields = new else { return _ = try session.delete(polls, ["_id": id]) }
        if let old, let stored = try session.first(polls, ["_id": id]) {
            let changes = DocumentChanges(of: stored, from: old, to: fields)
            if !changes.isEmpty { try session.update(polls, ["_id": id], .document(changes.update)) }
            return
        }
        fields["_id"] = nil
        try session.update(polls, ["_id": id], ["$set": .document(fields)], upsert: true)
    }
}

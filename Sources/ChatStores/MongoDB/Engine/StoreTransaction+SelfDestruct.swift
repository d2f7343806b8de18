import ChatBridge
import ChatDocuments
import Foundation

/// Messages that are deleted by themselves: `darkroom.dueAt` says when, as far as that is known.
extension StoreTransaction {
    func dueMessages(in dialect: Dialect, at date: Date, limit: Int) throws -> [ChatMessage] {
        guard limit > 0 else { return [] }
        let due: BSONDocument = ["darkroom.dueAt": ["$lte": .date(date)]]
        let fields = database(of: dialect).model.messageFields
        return try messageRows(
            due.merging(fields.isPresent), in: dialect, sort: ["darkroom.dueAt": 1], limit: limit
        ).map(\.message)
    }

    func nextDueMessage(in dialect: Dialect) throws -> Date? {
        let database = database(of: dialect)
        let due: BSONDocument = ["darkroom.dueAt": ["$gt": .date(Date(milliseconds: 0))]]
        let first = try session.first(
            database.messages, due.merging(database.model.messageFields.isPresent),
            sort: ["darkroom.dueAt": 1], fields: ["darkroom.dueAt": 1])
        return first?[path: "darkroom.dueAt"]?.timestamp
    }
}

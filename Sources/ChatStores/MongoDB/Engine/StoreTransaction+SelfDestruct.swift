import ChatBridge
import ChatDocuments
import Foundation

/// Messages that are deleted by themselves: `darkroom.dueAt` says when, as far as that is known.
extension StoreTransaction {
    func dueMessages(in dialect: Dialect, at date: Date, limit: Int) throws -> [ChatMessage] {
        guard limit > 0 else { return [] }
        return try messageRows(
            ["darkroom.dueAt": ["$lte": .date(date)]], in: dialect, sort: ["darkroom.dueAt": 1], limit: limit
        ).map(\.message)
    }

    func nextDueMessage(in dialect: Dialect) throws -> Date? {
        let first = try session.first(
            database(of: dialect).messages, ["darkroom.dueAt": ["$gt": .date(Date(milliseconds: 0))]],
            sort: ["darkroom.dueAt": 1], fields: ["darkroom.dueAt": 1])
        return first?[path: "darkroom.dueAt"]?.timestamp
    }
}

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
}

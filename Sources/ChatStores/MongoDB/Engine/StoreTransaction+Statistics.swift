import ChatBridge
import ChatDocuments
import Foundation

extension StoreTransaction {
    func statistics(of conversation: String, in dialect: Dialect, activeSince date: Date) throws
        -> ConversationStatistics
    {
        guard let row = try conversationRow(conversation, in: dialect) else {
            return ConversationStatistics(messages: [:], reactions: 0, activeMembers: [])
        }
        let database = database(of: dialect)
        let fields = database.model.messageFields
        let present = messages(of: conversation, in: dialect).merging(fields.isPresent)
        let types = try session.aggregate(
            database.messages,
            [
                ["$match": .document(present)],
                [
                    "$group": [
                        "_id": .string("$" + fields.type), "count": ["$sum": 1],
                        "reactions": ["$sum": fields.reactionCount],
                    ]
                ],
            ])
        let counts = types.map {
            (MessageType(rawValue: $0["_id"]?.stringValue ?? ""), $0["count"]?.integerValue ?? 0)
        }
        let since = BSONDocument([(fields.createdAt, ["$gte": database.model.value(of: date)] as BSONValue)])
        let senders = try session.aggregate(
            database.messages,
            [
                ["$match": .document(present.merging(since))], ["$group": ["_id": .string("$" + fields.sender)]],
            ])
        return ConversationStatistics(
            messages: Dictionary(counts) { $0 + $1 },
            reactions: types.reduce(0) { $0 + ($1["reactions"]?.integerValue ?? 0) },
            activeMembers: Set(senders.compactMap { $0["_id"]?.identifierValue }).intersection(row.conversation.members)
        )
    }
}

import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

/// Lists of media, the newest first: each filter has an index with the time of creation behind it.
extension StoreTransaction {
    func media(matching filter: MediaFilter, after position: MediaPosition?, limit: Int) throws -> [MediaItem] {
        guard limit > 0 else { return [] }
        var conditions = Self.conditions(filter, kind: "record.kind", id: "_id", after: position)
        if let owner = filter.owner { conditions.append(["owner": .identifier(owner)]) }
        let condition: BSONDocument =
            conditions.isEmpty ? [:] : ["$and": .array(conditions.map(BSONValue.document))]
        return try session.find(own.media, condition, sort: ["createdAt": -1, "_id": -1], limit: limit).map(Self.media)
    }

    /// What a filter says of the kind, the chat system and the time of creation, and where a list goes on.
    /// - Parameters:
    ///   - kind: the field of the kind.
    ///   - id: the field by which entries of the same time are ordered.
    static func conditions(
        _ filter: MediaFilter, kind: String, id: String, after position: MediaPosition?
    ) -> [BSONDocument] {
        var conditions: [BSONDocument] = []
        if let wanted = filter.kind { conditions.append([kind: .string(wanted.rawValue)]) }
        if let dialect = filter.dialect {
            conditions.append(["dialect": dialect == .native ? .null : .string(dialect.rawValue)])
        }
        if let since = filter.since { conditions.append(["createdAt": ["$gte": .date(since)]]) }
        if let before = filter.before { conditions.append(["createdAt": ["$lt": .date(before)]]) }
        guard let position else { return conditions }
        // The first condition alone bounds the index.
        conditions.append(["createdAt": ["$lte": .date(position.createdAt)]])
        let sameMoment: BSONDocument = [
            "createdAt": .date(position.createdAt), id: ["$lt": .string(position.id)],
        ]
        let earlier: BSONDocument = ["createdAt": ["$lt": .date(position.createdAt)]]
        conditions.append(["$or": [.document(earlier), .document(sameMoment)]])
        return conditions
    }
}

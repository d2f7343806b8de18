import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

/// Lists of media, the newest first: each filter has an index with the time of creation behind it.
extension StoreTransaction {
    func media(matching filter: MediaFilter, after position: MediaPosition?, limit: Int) throws -> [MediaItem] {
        guard limit > 0 else { return [] }
        var conditions: [BSONDocument] = []
        if let owner = filter.owner { conditions.append(["owner": .identifier(owner)]) }
        if let kind = filter.kind { conditions.append(["record.kind": .string(kind.rawValue)]) }
        if let dialect = filter.dialect {
            conditions.append(["dialect": dialect == .native ? .null : .string(dialect.rawValue)])
        }
        if let since = filter.since { conditions.append(["createdAt": ["$gte": .date(since)]]) }
        if let before = filter.before { conditions.append(["createdAt": ["$lt": .date(before)]]) }
        if let position {
            // The first condition alone bounds the index.
            conditions.append(["createdAt": ["$lte": .date(position.createdAt)]])
            let sameMoment: BSONDocument = [
                "createdAt": .date(position.createdAt), "_id": ["$lt": .string(position.id)],
            ]
            let earlier: BSONDocument = ["createdAt": ["$lt": .date(position.createdAt)]]
            conditions.append(["$or": [.document(earlier), .document(sameMoment)]])
        }
        let condition: BSONDocument =
            conditions.isEmpty ? [:] : ["$and": .array(conditions.map(BSONValue.document))]
        return try session.find(own.media, condition, sort: ["createdAt": -1, "_id": -1], limit: limit).map(Self.media)
    }
}

package import ChatBridge
import Foundation
package import MediaModel

/// Parts of messages that models write alike, under names of their own.
extension BSONValue {
    /// Identifiers in an array.
    package static func identifiers(_ ids: some Sequence<String>) -> BSONValue { .array(ids.map(identifier)) }

    /// The identifiers in an array.
    package var identifiers: [String] { arrayValue?.compactMap(\.identifierValue) ?? [] }

    /// The documents in an array.
    package var documents: [BSONDocument] { arrayValue?.compactMap(\.documentValue) ?? [] }

    /// `[{user, emoji, name?, createdAt}]`
    package static func reactions(
        _ reactions: [Reaction], user: String = "user", name: String = "name", date: String = "createdAt"
    ) -> BSONValue {
        .array(
            reactions.map { reaction in
                var document = BSONDocument([(user, BSONValue.identifier(reaction.user))])
                document["emoji"] = .string(reaction.emoji)
                document[name] = reaction.name.map(BSONValue.string)
                document[date] = .date(reaction.createdAt)
                return .document(document)
            })
    }

    /// Reads ``reactions(_:user:name:date:)``.
    package func reactions(user: String = "user", name: String = "name", date: String = "createdAt") -> [Reaction] {
        documents.compactMap { document in
            guard let id = document[user]?.identifierValue, let emoji = document["emoji"]?.stringValue else {
                return nil
            }
            return Reaction(
                user: id, emoji: emoji, name: document[name]?.stringValue,
                createdAt: document[date]?.timestamp ?? Date(milliseconds: 0))
        }
    }

    /// `[{user, readAt, listenedAt?}]`
    package static func receipts(_ receipts: [ReadReceipt], user: String = "user") -> BSONValue {
        .array(
            receipts.map { receipt in
                var document = BSONDocument([(user, BSONValue.identifier(receipt.user))])
                document["readAt"] = .date(receipt.readAt)
                document["listenedAt"] = receipt.listenedAt.map(BSONValue.date)
                return .document(document)
            })
    }

    /// Reads ``receipts(_:user:)``.
    package func receipts(user: String = "user") -> [ReadReceipt] {
        documents.compactMap { document in
            guard let id = document[user]?.identifierValue, let date = document["readAt"]?.timestamp else { return nil }
            return ReadReceipt(user: id, readAt: date, listenedAt: document["listenedAt"]?.timestamp)
        }
    }

    /// `[{user, deliveredAt}]`
    package static func deliveries(_ deliveries: [DeliveryReceipt], user: String = "user") -> BSONValue {
        .array(
            deliveries.map {
                .document(
                    BSONDocument([
                        (user, BSONValue.identifier($0.user)), ("deliveredAt", .date($0.deliveredAt)),
                    ]))
            })
    }

    /// Reads ``deliveries(_:user:)``.
    package func deliveries(user: String = "user") -> [DeliveryReceipt] {
        documents.compactMap { document in
            guard let id = document[user]?.identifierValue, let date = document["deliveredAt"]?.timestamp else {
                return nil
            }
            return DeliveryReceipt(user: id, deliveredAt: date)
        }
    }

    /// Media records in an array.
    /// - Throws: what their encoding throws.
    package static func attachments(_ records: [MediaRecord]) throws -> BSONValue {
        .array(try records.map { try .encoding($0) })
    }

    /// Reads ``attachments(_:)``.
    package var attachments: [MediaRecord] {
        get throws { try (arrayValue ?? []).map { try $0.decoding(MediaRecord.self) } }
    }
}

extension BSONValue {
    /// `{width, height}`
    package static func dimensions(_ size: Dimensions?) -> BSONValue? {
        size.map { ["width": .int64($0.width), "height": .int64($0.height)] }
    }

    /// Reads ``dimensions(_:)``.
    package var dimensions: Dimensions? {
        guard let size = documentValue, let width = size["width"]?.integerValue,
            let height = size["height"]?.integerValue
        else { return nil }
        return .init(width: width, height: height)
    }
}

extension BSONDocument {
    /// Sets a field to an optional value; one that is `nil` removes it.
    package mutating func set(_ name: String, _ value: BSONValue?) { self[name] = value }

    /// Sets a field to a value, or to `null` for none.
    package mutating func setOrNull(_ name: String, _ value: BSONValue?) { self[name] = value ?? .null }

    /// The text of a field; `nil` for an empty one, and for one that is no text.
    package func text(_ name: String) -> String? {
        self[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}

import ChatBridge
import Foundation
import JSON
import MediaModel

/// Fields of `darkroom` for models that have no place of their own for these.
extension StoredMessage {
    /// What a message can have that a model has no place for.
    package enum Part {
        case conversation, attachments, details, receipts, deliveries, hiddenFrom, location, forwardedFrom
        case editedAt, deletedAt, updatedAt, receiver, reactions
    }

    /// ``ownFields``, and the parts for which the model has no place, each only where there is one.
    /// - Throws: where a part cannot be represented.
    package func ownFields(_ parts: [Part]) throws -> BSONDocument {
        var fields = ownFields
        for part in parts {
            switch part {
            case .conversation:
                fields["conversation"] = message.conversation.isEmpty ? nil : .some(.identifier(message.conversation))
            case .attachments:
                if !message.attachments.isEmpty { fields["attachments"] = try .attachments(message.attachments) }
            case .details: if message.details != .object([:]) { fields["details"] = .json(message.details) }
            case .receipts: if !message.receipts.isEmpty { fields["receipts"] = .receipts(message.receipts) }
            case .deliveries: if !message.deliveries.isEmpty { fields["deliveries"] = .deliveries(message.deliveries) }
            case .hiddenFrom: if !hiddenFrom.isEmpty { fields["hiddenFrom"] = .identifiers(hiddenFrom) }
            case .location: fields["location"] = try message.location.map { try .encoding($0) }
            case .forwardedFrom: fields["forwardedFrom"] = try message.forwardedFrom.map { try .encoding($0) }
            case .editedAt: fields["editedAt"] = message.editedAt.map(BSONValue.date)
            case .deletedAt: fields["deletedAt"] = message.deletedAt.map(BSONValue.date)
            case .receiver: fields["receiver"] = message.receiver.map(BSONValue.identifier)
            case .reactions: if !message.reactions.isEmpty { fields["reactions"] = .reactions(message.reactions) }
            case .updatedAt:
                if message.updatedAt != message.createdAt { fields["updatedAt"] = .date(message.updatedAt) }
            }
        }
        return fields
    }

    /// Reads what ``ownFields(_:)`` wrote, of any part.
    /// - Throws: where a part cannot be read.
    package mutating func readAllOwnFields(_ fields: BSONDocument?) throws {
        guard let fields else { return }
        readOwnFields(fields)
        if let conversation = fields["conversation"]?.identifierValue { message.conversation = conversation }
        if let receiver = fields["receiver"]?.identifierValue { message.receiver = receiver }
        if let value = fields["reactions"] { message.reactions = value.reactions() }
        if let value = fields["attachments"] { message.attachments = try value.attachments }
        if let value = fields["details"]?.jsonValue { message.details = value }
        if let value = fields["receipts"] { message.receipts = value.receipts() }
        if let value = fields["deliveries"] { message.deliveries = value.deliveries() }
        if let value = fields["hiddenFrom"] { hiddenFrom = value.identifiers }
        if let value = fields["location"] { message.location = try value.decoding(ChatLocation.self) }
        if let value = fields["forwardedFrom"] { message.forwardedFrom = try value.decoding(ForwardOrigin.self) }
        if let date = fields["editedAt"]?.timestamp { message.editedAt = date }
        if let date = fields["deletedAt"]?.timestamp { message.deletedAt = date }
        if let date = fields["updatedAt"]?.timestamp { message.updatedAt = date }
    }
}

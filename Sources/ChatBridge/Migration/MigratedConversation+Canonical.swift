import Foundation
package import JSON

/// The form in which copies are compared: everything that clients can see or that decides what they see, and nothing that stores
/// write differently.
extension MigratedConversation {
    /// The conversation without its messages.
    package var canonical: JSONValue {
        [
            "id": .string(conversation.id), "dialect": .string(conversation.dialect.rawValue),
            "members": .array(conversation.members.sorted().map { [.string($0), canonical($0)] }),
            "isDirect": .bool(conversation.isDirect), "pair": JSONValue(pair), "name": JSONValue(conversation.name),
            "settings": conversation.settings, "createdAt": .integer(conversation.createdAt.milliseconds),
            "updatedAt": .integer(conversation.updatedAt.milliseconds), "activity": .integer(activity),
            "lastSaid": .integer(lastSaid),
        ]
    }

    private func canonical(_ user: String) -> JSONValue {
        guard let member = members[user] else { return .null }
        var mute = JSONValue.bool(false)
        if case .on(let until) = member.mute { mute = until.map { .integer($0.milliseconds) } ?? true }
        return [
            "unread": .integer(member.unread), "readUpTo": .integer(member.readUpTo),
            "isHidden": .bool(member.isHidden), "isArchived": .bool(member.isArchived), "mute": mute,
            "mutedAt": JSONValue(member.mutedAt?.milliseconds), "pinnedAt": JSONValue(member.pinnedAt?.milliseconds),
        ]
    }
}

extension MigratedMessage {
    /// The message, with its place in the copy.
    /// - Throws: what the encoding of a part throws.
    package var canonical: JSONValue {
        get throws {
            var members: JSONObject = [
                "id": .string(message.id), "dialect": .string(message.dialect.rawValue), "place": .integer(place),
                "conversation": .string(message.conversation), "sender": .string(message.sender),
                "receiver": JSONValue(message.receiver), "type": .string(message.type.rawValue),
                "text": .string(message.text), "replyTo": JSONValue(message.replyTo), "details": message.details,
            ]
            let dates = [
                "createdAt": message.createdAt, "updatedAt": message.updatedAt, "editedAt": message.editedAt,
                "deletedAt": message.deletedAt,
            ]
            for (name, date) in dates { members[name] = JSONValue(date?.milliseconds) }
            members["attachments"] = .array(try message.attachments.map { try Self.encoded($0) })
            members["location"] = try message.location.map { try Self.encoded($0) } ?? .null
            members["forwardedFrom"] = try message.forwardedFrom.map { try Self.encoded($0) } ?? .null
            members["reactions"] = .array(
                message.reactions.map {
                    [.string($0.user), .string($0.emoji), JSONValue($0.name), .integer($0.createdAt.milliseconds)]
                })
            members["receipts"] = .array(
                message.receipts.sorted { $0.user < $1.user }.map {
                    [
                        .string($0.user), .integer($0.readAt.milliseconds), JSONValue($0.listenedAt?.milliseconds),
                    ]
                })
            members["deliveries"] = .array(
                message.deliveries.map { [.string($0.user), .integer($0.deliveredAt.milliseconds)] })
            members["hiddenFrom"] = .array(hiddenFrom.sorted().map(JSONValue.string))
            members["deletion"] = JSONValue(deletion)
            return .object(members)
        }
    }

    private static func encoded(_ part: some Encodable) throws -> JSONValue {
        try JSONValue(parsing: JSONEncoder().encode(part), limits: JSONLimits(maximumBytes: .max, maximumValues: .max))
    }
}

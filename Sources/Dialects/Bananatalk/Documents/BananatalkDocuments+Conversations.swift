import ChatBridge
package import ChatDocuments
import Foundation
import JSON

extension BananatalkDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredConversation) throws -> BSONDocument {
        let conversation = stored.conversation
        let members = conversation.members.sorted()
        var document: BSONDocument = [
            "_id": .identifier(conversation.id), "participants": .identifiers(members),
            "unreadCount": .array(
                members.map { ["user": .identifier($0), "count": .int64(stored[$0].unread)] }),
            "isGroup": .bool(!conversation.isDirect),
            "mutedBy": .array(members.compactMap { Self.mute(of: $0, stored[$0]) }),
            "archivedBy": .identifiers(members.filter { stored[$0].isArchived }),
            "pinnedBy": .array(
                members.compactMap { user in
                    stored[user].pinnedAt.map { ["user": .identifier(user), "pinnedAt": .date($0)] }
                }),
            "createdAt": .date(conversation.createdAt), "updatedAt": .date(conversation.updatedAt),
        ]
        document.setOrNull("lastMessage", stored.lastMessage.map { .identifier($0.id) })
        document.setOrNull("lastMessageAt", stored.lastMessage.map { .date($0.date) })
        document.set("groupName", conversation.name.map(BSONValue.string))
        document = document.merging(Self.settings(of: conversation))
        var own = stored.ownFields { member in
            var fields = BSONDocument()
            if member.readUpTo != 0 { fields["readUpTo"] = .int64(member.readUpTo) }
            if member.isHidden { fields["hidden"] = true }
            return fields
        }
        if conversation.settings != .object([:]) { own["settings"] = .json(conversation.settings) }
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func conversation(_ document: BSONDocument) throws -> StoredConversation {
        guard let id = document["_id"]?.identifierValue else { throw DocumentError(field: "_id") }
        let own = document["darkroom"]?.documentValue
        let createdAt = document["createdAt"]?.timestamp ?? ObjectID(id)?.date ?? Date(milliseconds: 0)
        var conversation = Conversation(
            id: id, dialect: dialect, members: Set(document["participants"]?.identifiers ?? []),
            name: document.text("groupName"), settings: own?["settings"]?.jsonValue ?? .object([:]),
            createdAt: createdAt)
        let written = Self.settings(of: conversation)
        for name in Self.settingNames { conversation.readSetting(name, document[name], writtenAs: written[name]) }
        // Also where one of the two has left.
        conversation.isDirect =
            !(document["isGroup"]?.boolValue ?? false) && (conversation.members.count == 2 || own?["pair"] != nil)
        conversation.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        var stored = StoredConversation(conversation)
        if let id = document["lastMessage"]?.identifierValue {
            stored.lastMessage = LastMessage(id: id, date: document["lastMessageAt"]?.timestamp ?? createdAt)
        }
        for entry in document["unreadCount"]?.documents ?? [] {
            guard let user = entry["user"]?.identifierValue, conversation.members.contains(user) else { continue }
            stored[user].unread = entry["count"]?.integerValue ?? 0
        }
        for entry in document["mutedBy"]?.documents ?? [] {
            guard let user = entry["user"]?.identifierValue, conversation.members.contains(user) else { continue }
            stored[user].mute = .on(until: entry["mutedUntil"]?.timestamp)
            stored[user].mutedAt = entry["mutedAt"]?.timestamp
        }
        for entry in document["pinnedBy"]?.documents ?? [] {
            guard let user = entry["user"]?.identifierValue, conversation.members.contains(user) else { continue }
            stored[user].pinnedAt = entry["pinnedAt"]?.timestamp ?? createdAt
        }
        for user in document["archivedBy"]?.identifiers ?? [] where conversation.members.contains(user) {
            stored[user].isArchived = true
        }
        stored.readOwnFields(own)
        stored.followOthers(lastMessageAt: document["lastMessageAt"]?.timestamp)
        return stored
    }

    /// The fields that show settings. The settings themselves are in the field `darkroom`; where such a field shows something else
    /// than they say, the chat server has changed it since.
    private static let settingNames = [
        "theme", "nicknames", "quickReplies", "isSecret", "secretChatSettings", "languageSettings", "groupAvatar",
    ]

    private static func settings(of conversation: Conversation) -> BSONDocument {
        var settings = BananatalkConversation.settings(of: conversation)
        settings["groupAvatar"] = conversation.groupAvatar.map(JSONValue.string)
        return BSONDocument(settings.sorted.map { ($0.name, BSONValue.model($0.value)) })
    }

    private static func mute(of user: String, _ member: StoredMember) -> BSONValue? {
        guard case .on(let until) = member.mute else { return nil }
        var entry: BSONDocument = ["user": .identifier(user)]
        entry.setOrNull("mutedUntil", until.map(BSONValue.date))
        entry.setOrNull("mutedAt", member.mutedAt.map(BSONValue.date))
        return .document(entry)
    }
}

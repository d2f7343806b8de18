import ChatBridge
package import ChatDocuments
import Foundation
import JSON

extension RoomsDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredConversation) throws -> BSONDocument {
        let (chat, room) = (stored.conversation, RoomView(stored.conversation))
        var document: BSONDocument = [
            "_id": .identifier(chat.id), "type": Self.type(room),
            "participants": .array(room.participants.map { Self.participant($0, of: room, stored[$0]) }),
            "status": Self.status(room), "settings": .document(Self.settings(room)),
            "messageCount": .int64(stored.messageCount), "createdAt": .date(chat.createdAt),
            "updatedAt": .date(chat.updatedAt),
        ]
        document.set("name", chat.name.map(BSONValue.string))
        for name in Self.texts { document.set(name, Self.text(name, of: room)) }
        document.set("lastMessage", stored.lastMessage.map { .identifier($0.id) })
        document.set("lastMessageTime", stored.lastMessage.map { .date($0.date) })
        var own = stored.ownFields { member in
            var fields = StoredMember.fields(member)
            // What was written to the participant here: another date is the chat server's.
            fields["readAt"] = member.lastRead.map { .date($0.date) }
            return fields
        }
        if chat.isDirect { own["isDirect"] = true }
        if chat.settings != .object([:]) { own["settings"] = .json(chat.settings) }
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func conversation(_ document: BSONDocument) throws -> StoredConversation {
        guard let id = document["_id"]?.identifierValue else { throw DocumentError(field: "_id") }
        let own = document["darkroom"]?.documentValue
        let createdAt = document["createdAt"]?.timestamp ?? ObjectID(id)?.date ?? Date(milliseconds: 0)
        let participants = (document["participants"]?.documents ?? []).compactMap(Participant.init)
        var chat = Conversation(
            id: id, dialect: dialect, members: Set(participants.filter(\.isActive).map(\.user)),
            name: document["name"]?.stringValue, settings: own?["settings"]?.jsonValue ?? .object([:]),
            createdAt: createdAt)
        chat.isDirect = own?["isDirect"]?.boolValue ?? false
        let lastMessageTime = document["lastMessageTime"]?.timestamp
        chat.updatedAt = document["updatedAt"]?.timestamp ?? lastMessageTime ?? createdAt
        Self.readSettings(document, participants, into: &chat)
        var stored = StoredConversation(chat)
        stored.messageCount = document["messageCount"]?.integerValue ?? 0
        if let id = document["lastMessage"]?.identifierValue {
            stored.lastMessage = LastMessage(id: id, date: lastMessageTime ?? createdAt)
        }
        stored.readOwnFields(own)
        for participant in participants where participant.isActive {
            stored[participant.user].lastRead = participant.lastRead
        }
        Self.readMarks(own, lastMessageAt: lastMessageTime, into: &stored)
        stored.followOthers(lastMessageAt: lastMessageTime)
        return stored
    }

    /// Who has read everything at the chat server has nothing unread here.
    private static func readMarks(
        _ own: BSONDocument?, lastMessageAt last: Date?, into stored: inout StoredConversation
    ) {
        let entries = own?["members"]?.documents ?? []
        let written = Dictionary(
            entries.map { ($0["user"]?.identifierValue ?? "", $0["readAt"]?.timestamp) }, uniquingKeysWith: { $1 })
        for user in stored.conversation.members {
            guard let read = stored[user].lastRead?.date, read != (written[user] ?? nil), let last, read >= last else {
                continue
            }
            stored[user].unread = 0
        }
    }

    /// Reads what the chat server has changed since.
    private static func readSettings(
        _ document: BSONDocument, _ participants: [Participant], into chat: inout Conversation
    ) {
        let written = RoomView(chat)
        chat.readSetting("type", document["type"], writtenAs: type(written))
        chat.readSetting("status", document["status"], writtenAs: status(written))
        for name in texts { chat.readSetting(name, document[name], writtenAs: text(name, of: written)) }
        let (settings, known) = (document["settings"]?.documentValue ?? [:], settings(written))
        for name in ["allowMediaUpload", "allowStickers", "allowReactions"] where settings[name] != nil {
            chat.readSetting(name, settings[name], writtenAs: known[name])
        }
        chat.readSetting("maxParticipants", settings["maxParticipants"], writtenAs: known["maxParticipants"])
        let admins = Set(participants.filter { $0.isActive && $0.isAdmin }.map(\.user))
        if admins != chat.admins { chat.admins = admins }
        var joined = chat.settings["joined"]?.objectValue ?? [:]
        for participant in participants {
            let date = participant.joinedAt ?? chat.createdAt
            guard date != chat.joinedAt(participant.user) || !participant.isActive else { continue }
            joined[participant.user] = .integer(date.milliseconds)
        }
        for user in written.former where !participants.contains(where: { $0.user == user }) { joined[user] = nil }
        if !joined.isEmpty { chat.setSetting("joined", .object(joined)) }
    }
}

/// The attributes of a room as its document has them.
extension RoomsDocuments {
    private static let texts = ["activityId", "avatar", "description"]
    private static let states: Set<String> = ["active", "inactive", "archived"]

    private static func type(_ room: RoomView) -> BSONValue { room.isGroup ? "group" : "private" }

    private static func status(_ room: RoomView) -> BSONValue {
        states.contains(room.status) ? .string(room.status) : "active"
    }

    private static func text(_ name: String, of room: RoomView) -> BSONValue? {
        room[name]?.stringValue.map { name == "activityId" ? .identifier($0) : .string($0) }
    }

    private static func settings(_ room: RoomView) -> BSONDocument {
        var settings: BSONDocument = [
            "allowMediaUpload": .bool(room.allowsMedia), "allowStickers": .bool(room.allowsStickers),
            "allowReactions": .bool(room.allowsReactions),
        ]
        settings.set("maxParticipants", room.maximumParticipants.map(BSONValue.int64))
        return settings
    }

    private static func participant(_ user: String, of room: RoomView, _ member: StoredMember) -> BSONValue {
        var value: BSONDocument = [
            "userId": .identifier(user), "joinedAt": .date(room.joined(user)),
            "role": room.admins.contains(user) ? "admin" : "member",
            "isActive": .bool(room.conversation.members.contains(user)),
        ]
        value.set("lastReadMessage", member.lastRead?.message.map(BSONValue.identifier))
        value.set("lastReadTimestamp", member.lastRead.map { .date($0.date) })
        return .document(value)
    }

    /// A participant as the document has them.
    private struct Participant {
        let user: String
        let joinedAt: Date?
        let isAdmin: Bool
        let isActive: Bool
        let lastRead: StoredMember.LastRead?

        init?(_ document: BSONDocument) {
            guard let user = document["userId"]?.identifierValue else { return nil }
            self.user = user
            joinedAt = document["joinedAt"]?.timestamp
            isAdmin = document.text("role") == "admin"
            isActive = document["isActive"]?.boolValue ?? true
            lastRead = document["lastReadTimestamp"]?.timestamp.map {
                StoredMember.LastRead(message: document["lastReadMessage"]?.identifierValue, date: $0)
            }
        }
    }
}

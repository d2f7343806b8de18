import ChatBridge
import Foundation
import JSON

/// A conversation in the form of this dialect's room. The attributes that a room has in addition to a conversation are
/// stored in the conversation's settings, which the chat server may also write: `type`, `description`, `avatar`,
/// `activityId`, `status`, `admins`, `joinable`, `allowMediaUpload`, `allowStickers`, `allowReactions`,
/// `maxParticipants`.
package struct RoomView: Sendable {
    /// The underlying conversation.
    private(set) var conversation: Conversation

    /// The maximum number of former participants that are kept.
    private static let maximumFormer = 256

    init(_ conversation: Conversation) { self.conversation = conversation }

    /// A room created by `creator`, who becomes a member together with the invited `participants`. A group can be
    /// joined by every user who knows its ID.
    init(
        id: String, creator: String, name: String?, isGroup: Bool, participants: Set<String>, at date: Date
    ) {
        let members = participants.union([creator])
        let joined = JSONObject(members.map { ($0, JSONValue.integer(date.milliseconds)) })
        conversation = Conversation(
            id: id, dialect: .rooms, members: members, name: name,
            settings: [
                "type": isGroup ? "group" : "private", "joinable": .bool(isGroup), "admins": [.string(creator)],
                "invited": .array(members.sorted().map(JSONValue.string)), "joined": .object(joined),
            ], createdAt: date)
    }

    var isGroup: Bool { self["type"]?.stringValue.map { $0 == "group" } ?? (conversation.members.count > 2) }
    var allowsMedia: Bool { self["allowMediaUpload"]?.boolValue ?? true }
    var allowsStickers: Bool { self["allowStickers"]?.boolValue ?? true }
    var allowsReactions: Bool { self["allowReactions"]?.boolValue ?? true }
    var maximumParticipants: Int? { self["maxParticipants"]?.integerValue }
    var status: String { self["status"]?.stringValue ?? (conversation.members.isEmpty ? "inactive" : "active") }

    /// The members who may change the settings of the room.
    var admins: Set<String> { conversation.admins }

    /// The time at which a participant joined.
    func joined(_ user: String) -> Date {
        conversation.joinedAt(user)
    }

    /// The value of the settings under `key`; `nil` when it is missing or null.
    subscript(key: String) -> JSONValue? {
        get { conversation.settings[key].flatMap { $0.isNull ? nil : $0 } }
        set {
            var settings = conversation.settings.objectValue ?? [:]
            settings[key] = newValue
            conversation.settings = .object(settings)
        }
    }

    /// Renames the room.
    mutating func rename(_ name: String) { conversation.name = name }

    /// Adds `user` to the room: the room must be joinable by everyone who knows its ID, or the user must have been
    /// invited.
    /// - Throws: ``ChatError`` `notAllowed` when the user may not join, `limitReached` when the room is full.
    mutating func join(_ user: String, at date: Date, limit: Int) throws(ChatError) {
        guard !conversation.members.contains(user) else { return }
        guard self["joinable"]?.boolValue ?? false || users("invited").contains(user) else {
            throw ChatError(.notAllowed, RoomsTexts.notInvited)
        }
        guard conversation.members.count < min(maximumParticipants ?? limit, limit) else {
            throw ChatError(.limitReached, RoomsTexts.roomFull)
        }
        conversation.members.insert(user)
        // These times determine the longest-standing member, so each is later than all earlier ones, even when the
        // clock was set back.
        let latest = self["joined"]?.objectValue?.values.compactMap(\.integerValue).max()
        recordJoin(user, joined: max(date, latest.map { Date(milliseconds: $0) + 0.001 } ?? conversation.createdAt))
    }

    /// Removes `user` from the room. When no admin is left, the longest-standing member becomes one.
    mutating func leave(_ user: String) {
        recordJoin(user, joined: joined(user))
        conversation.remove(user, restoresRole: true)
        removeOldestFormerParticipants()
    }

    private func users(_ key: String) -> Set<String> { Set(self[key]?.identifiers ?? []) }

    /// The former participants that are still kept.
    var former: Set<String> {
        Set((self["joined"]?.objectValue?.keys ?? []).filter(ChatIdentifier.isValid)).subtracting(conversation.members)
    }

    private mutating func recordJoin(_ user: String, joined date: Date) {
        var all = self["joined"]?.objectValue ?? [:]
        all[user] = .integer(date.milliseconds)
        self["joined"] = .object(all)
    }

    /// Keeps the ``maximumFormer`` former participants who joined last, and removes the others.
    private mutating func removeOldestFormerParticipants() {
        let former = former.sorted { (joined($0), $0) < (joined($1), $1) }
        guard former.count > Self.maximumFormer else { return }
        var all = self["joined"]?.objectValue ?? [:]
        for user in former.dropLast(Self.maximumFormer) { all[user] = nil }
        self["joined"] = .object(all)
    }
}

extension RoomView {
    /// The room as JSON of the dialect.
    /// - Parameters:
    ///   - marks: the read positions of the participants.
    ///   - limit: the maximum number of participants unless the settings specify fewer.
    func json(marks: [String: ReadCursor], lastMessage: ChatMessage?, rendered: JSONValue, limit: Int) -> JSONValue {
        let room = conversation
        return [
            "_id": .string(room.id), "name": .string(room.name ?? ""), "type": isGroup ? "group" : "private",
            "participants": .array(participants.map { participant($0, mark: marks[$0]) }), "status": .string(status),
            "lastMessage": rendered,
            "lastMessageTime": JSONValue(lastMessage.map { Timestamp.milliseconds($0.createdAt) }),
            "activityId": text("activityId"), "avatar": text("avatar"), "description": text("description"),
            "settings": [
                "allowMediaUpload": .bool(allowsMedia), "allowStickers": .bool(allowsStickers),
                "allowReactions": .bool(allowsReactions),
                "maxParticipants": .integer(min(maximumParticipants ?? limit, limit)),
            ],
            "createdAt": .string(Timestamp.milliseconds(room.createdAt)),
        ]
    }

    /// A text that the chat server may have set to anything else, which is not shown.
    private func text(_ key: String) -> JSONValue { JSONValue(self[key]?.stringValue) }

    /// The participants in the order in which they joined; former ones, who have no access, after the current ones.
    var participants: [String] {
        let inOrder = { (users: Set<String>) in users.sorted { (joined($0), $0) < (joined($1), $1) } }
        return inOrder(conversation.members) + inOrder(former)
    }

    private func participant(_ user: String, mark: ReadCursor?) -> JSONValue {
        [
            "userId": .string(user), "joinedAt": .string(Timestamp.milliseconds(joined(user))),
            "lastReadMessage": JSONValue(mark?.message),
            "lastReadTimestamp": JSONValue(mark?.readAt.map(Timestamp.milliseconds)),
            "role": admins.contains(user) ? "admin" : "member",
            "isActive": .bool(conversation.members.contains(user)),
        ]
    }
}

import ChatBridge
import Foundation
import JSON

/// A conversation as this dialect's room. What a room has beyond a conversation stands in the conversation's settings,
/// where the chat server may write it too: `type`, `description`, `avatar`, `activityId`, `status`, `admins`,
/// `joinable`, `allowMediaUpload`, `allowStickers`, `allowReactions`, `maxParticipants`.
package struct RoomView: Sendable {
    /// What it is made of.
    private(set) var conversation: Conversation

    /// How many of those who have left are kept.
    private static let maximumLeft = 256

    init(_ conversation: Conversation) { self.conversation = conversation }

    /// A room that `creator` makes and is in, with whomever they invite. A group is open to whoever knows its id.
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

    /// Of those who are in it, who may change its settings.
    var admins: Set<String> { conversation.admins }

    /// When a participant came.
    func joined(_ user: String) -> Date {
        conversation.joinedAt(user)
    }

    /// What the settings have under `key`.
    subscript(key: String) -> JSONValue? {
        get { conversation.settings[key].flatMap { $0.isNull ? nil : $0 } }
        set {
            var settings = conversation.settings.objectValue ?? [:]
            settings[key] = newValue
            conversation.settings = .object(settings)
        }
    }

    /// Gives it another name.
    mutating func rename(_ name: String) { conversation.name = name }

    /// Lets `user` in: into a room that is open to whoever knows its id, or back into one that they were invited to.
    mutating func join(_ user: String, at date: Date, limit: Int) throws(ChatError) {
        guard !conversation.members.contains(user) else { return }
        guard self["joinable"]?.boolValue ?? false || users("invited").contains(user) else {
            throw ChatError(.notAllowed, RoomsRefusalMessages.notInvited)
        }
        guard conversation.members.count < min(maximumParticipants ?? limit, limit) else {
            throw ChatError(.limitReached, RoomsRefusalMessages.roomFull)
        }
        conversation.members.insert(user)
        // Who has been there longest is told by these moments: each is after those before it, also where the clock was set back.
        let latest = self["joined"]?.objectValue?.values.compactMap(\.integerValue).max()
        note(user, joined: max(date, latest.map { Date(milliseconds: $0) + 0.001 } ?? conversation.createdAt))
    }

    /// Lets `user` go. When no admin is left, whoever has been there longest becomes one.
    mutating func leave(_ user: String) {
        note(user, joined: joined(user))
        conversation.remove(user, restoresRole: true)
        forgetLongGone()
    }

    private func users(_ key: String) -> Set<String> { Set(self[key]?.identifiers ?? []) }

    /// Who took part and does not any more, as far as that is kept.
    private var left: Set<String> {
        Set((self["joined"]?.objectValue?.keys ?? []).filter(ChatIdentifier.isValid)).subtracting(conversation.members)
    }

    private mutating func note(_ user: String, joined date: Date) {
        var all = self["joined"]?.objectValue ?? [:]
        all[user] = .integer(date.milliseconds)
        self["joined"] = .object(all)
    }

    /// Keeps so many of those who have left; they came later than those who are forgotten.
    private mutating func forgetLongGone() {
        let left = left.sorted { (joined($0), $0) < (joined($1), $1) }
        guard left.count > Self.maximumLeft else { return }
        var all = self["joined"]?.objectValue ?? [:]
        for user in left.dropLast(Self.maximumLeft) { all[user] = nil }
        self["joined"] = .object(all)
    }
}

extension RoomView {
    /// The room as the dialect shows it.
    /// - Parameters:
    ///   - marks: how far its participants have read.
    ///   - limit: how many participants it may have unless its settings say fewer.
    func json(marks: [String: ReadCursor], lastMessage: ChatMessage?, rendered: JSONValue, limit: Int) -> JSONValue {
        let room = conversation
        let inOrder = { (users: Set<String>) in users.sorted { (joined($0), $0) < (joined($1), $1) } }
        // Who has left is shown after those who take part, and has no access.
        let participants = inOrder(room.members) + inOrder(left)
        return [
            "_id": .string(room.id), "name": .string(room.name ?? ""), "type": isGroup ? "group" : "private",
            "participants": .array(participants.map { participant($0, mark: marks[$0]) }), "status": .string(status),
            "lastMessage": rendered,
            "lastMessageTime": JSONValue(lastMessage.map { Timestamp.milliseconds($0.createdAt) }),
            "activityId": self["activityId"] ?? .null, "avatar": self["avatar"] ?? .null,
            "description": self["description"] ?? .null,
            "settings": [
                "allowMediaUpload": .bool(allowsMedia), "allowStickers": .bool(allowsStickers),
                "allowReactions": .bool(allowsReactions),
                "maxParticipants": .integer(min(maximumParticipants ?? limit, limit)),
            ],
            "createdAt": .string(Timestamp.milliseconds(room.createdAt)),
        ]
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

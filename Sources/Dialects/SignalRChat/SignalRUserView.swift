import ChatBridge
import Foundation
import JSON

/// A user as JSON of the dialect, with ``ChatUser/username`` and ``ChatUser/displayName``.
enum SignalRUserView {
    /// The fields that identify who did something: `{userId, username}`.
    static func signature(_ user: ChatUser) -> JSONObject {
        ["userId": .string(user.id), "username": .string(user.username)]
    }

    /// The user with their name: `{userId, username, displayName}`.
    static func name(_ user: ChatUser) -> JSONObject {
        signature(user).merging(["displayName": .string(user.displayName)]) { own, _ in own }
    }

    /// The user with their name and picture: `{userId, username, displayName, avatarUrl}`.
    static func profile(_ user: ChatUser) -> JSONObject {
        name(user).merging(["avatarUrl": JSONValue(user.images.first)]) { own, _ in own }
    }

    /// The presence of a user: `{isOnline, lastSeenAt?}`. `lastSeenAt` is present for an offline user where it is
    /// known.
    static func presence(_ status: Presence.Status) -> JSONObject {
        var json: JSONObject = ["isOnline": .bool(status.isOnline)]
        if !status.isOnline { json["lastSeenAt"] = status.lastSeen.map(SignalRMessage.time) }
        return json
    }
}

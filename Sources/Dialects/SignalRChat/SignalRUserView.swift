import ChatBridge
import Foundation
import JSON

/// A user as the dialect shows them, with ``ChatUser/username`` and ``ChatUser/displayName``.
enum SignalRUserView {
    /// `{userId, username}`, as actions are signed.
    static func signature(_ user: ChatUser) -> JSONObject {
        ["userId": .string(user.id), "username": .string(user.username)]
    }

    /// `{userId, username, displayName}`
    static func name(_ user: ChatUser) -> JSONObject {
        signature(user).merging(["displayName": .string(user.displayName)]) { own, _ in own }
    }

    /// `{userId, username, displayName, avatarUrl}`
    static func profile(_ user: ChatUser) -> JSONObject {
        name(user).merging(["avatarUrl": JSONValue(user.images.first)]) { own, _ in own }
    }

    /// `{isOnline, lastSeenAt?}`: the latter of somebody who is not there, since this node knows of them.
    static func presence(_ status: Presence.Status) -> JSONObject {
        var json: JSONObject = ["isOnline": .bool(status.isOnline)]
        if !status.isOnline { json["lastSeenAt"] = status.lastSeen.map(SignalRMessage.time) }
        return json
    }
}

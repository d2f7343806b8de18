import ChatBridge
import Foundation
import JSON

/// What holds in a secret chat.
struct SecretChatSettings {
    /// The time from the reading of a message to its deletion where a request names none, in seconds.
    static let usualDestructTimer = 30

    /// The time from the reading of a message to its deletion, in seconds.
    var defaultDestructTimer: Int
    /// Whether clients are to prevent screenshots.
    var preventScreenshots: Bool
    /// Whether clients are to authenticate their user before they show the conversation.
    var requireAuthentication: Bool
    /// What clients that encrypt messages name their key; set by the chat server.
    var encryptionKeyID: String?
    /// When the conversation became secret.
    var createdAt: Date

    /// The settings of a conversation that becomes secret.
    init(at date: Date) {
        defaultDestructTimer = Self.usualDestructTimer
        (preventScreenshots, requireAuthentication) = (false, false)
        createdAt = date
    }

    /// What the settings of a conversation contain; what is not valid there has its default.
    init(_ setting: JSONValue?, createdAt: Date) {
        self.init(at: setting?["createdAt"]?.stringValue.flatMap(Timestamp.date) ?? createdAt)
        let timer = setting?["defaultDestructTimer"]?.integerValue ?? Self.usualDestructTimer
        if timer >= 0 { defaultDestructTimer = timer }
        preventScreenshots = setting?["preventScreenshots"]?.boolValue ?? false
        requireAuthentication = setting?["requireAuthentication"]?.boolValue ?? false
        encryptionKeyID = setting?["encryptionKeyId"]?.stringValue
    }

    /// `{defaultDestructTimer, preventScreenshots, requireAuthentication, encryptionKeyId?, createdAt}`
    var json: JSONValue {
        var json: JSONObject = [
            "defaultDestructTimer": .integer(defaultDestructTimer), "preventScreenshots": .bool(preventScreenshots),
            "requireAuthentication": .bool(requireAuthentication),
            "createdAt": .string(Timestamp.milliseconds(createdAt)),
        ]
        json["encryptionKeyId"] = encryptionKeyID.map(JSONValue.string)
        return .object(json)
    }

    /// Changes what a request names, and leaves the rest as it is.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a value that is not valid.
    mutating func change(_ body: JSONValue, _ limits: BananatalkLimits) throws(ChatError) {
        if let timer = try body.wholeNumber("destructTimer", in: 0...limits.maximumDestructTimer) {
            defaultDestructTimer = timer
        }
        preventScreenshots = try body.flag("preventScreenshots") ?? preventScreenshots
        requireAuthentication = try body.flag("requireAuthentication") ?? requireAuthentication
    }
}

extension SecretChatSettings {
    /// Lets a message that is sent to a secret chat disappear after it was read: by its receiver, whom a poll in a group does not have.
    @Sendable
    static func complete(_ message: inout ChatMessage, _ conversation: Conversation) {
        guard message.selfDestruct == nil, message.receiver != nil, let secret = conversation.secretChat else { return }
        message.selfDestruct = SelfDestruct(timer: secret.defaultDestructTimer)
    }
}

extension Conversation {
    /// What holds in the secret chat that the conversation is; `nil` where it is none.
    var secretChat: SecretChatSettings? {
        get {
            guard settings["isSecret"]?.boolValue ?? false else { return nil }
            return SecretChatSettings(settings["secretChatSettings"], createdAt: createdAt)
        }
        set {
            setSetting("isSecret", newValue == nil ? nil : true)
            setSetting("secretChatSettings", newValue?.json)
        }
    }
}

import ChatBridge
import JSON

/// A text that the members of a conversation can send without writing it.
struct QuickReply {
    let id: String
    let text: String
    /// The member who added it.
    let createdBy: String
    /// How often it was used, as far as the chat server counts that.
    let useCount: Int

    init(id: String, text: String, createdBy: String, useCount: Int = 0) {
        (self.id, self.text, self.createdBy, self.useCount) = (id, text, createdBy, useCount)
    }

    /// A quick reply in the settings of a conversation; `nil` where it is not valid.
    init?(_ setting: JSONValue) {
        guard let id = setting["_id"]?.stringValue, let text = setting["text"]?.stringValue else { return nil }
        self.init(
            id: id, text: text, createdBy: setting["createdBy"]?.stringValue ?? "",
            useCount: setting["useCount"]?.integerValue ?? 0)
    }

    /// `{_id, text, createdBy, useCount}`
    var json: JSONValue {
        [
            "_id": .string(id), "text": .string(text), "createdBy": .string(createdBy), "useCount": .integer(useCount),
        ]
    }
}

extension Conversation {
    /// The quick replies of the conversation, in the order in which they were added.
    var quickReplies: [QuickReply] {
        get { settings["quickReplies"]?.arrayValue?.compactMap(QuickReply.init) ?? [] }
        set { setSetting("quickReplies", .array(newValue.map(\.json))) }
    }
}

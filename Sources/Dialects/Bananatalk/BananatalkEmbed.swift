import ChatBridge
import JSON

/// A contact or a sticker that a message consists of. The reference names both types of messages, and says nothing of their content;
/// it is stored and shown as the member of the same name.
struct BananatalkEmbed: Sendable {
    /// `contact` or `sticker`.
    let type: MessageType
    /// The texts of it, by name.
    let content: JSONValue

    /// What a contact may have, and how long that may be, in bytes of UTF-8; the first is required.
    private static let contactFields = [("name", 256), ("phoneNumber", 64), ("email", 320), ("userId", 128)]
    /// The same of a sticker.
    private static let stickerFields = [("id", 128), ("packId", 128), ("url", 2_048), ("emoji", 64)]

    /// The contact or sticker in the body of a message; `nil` where it has none.
    /// - Throws: ``ChatError`` with code `invalidRequest` for both, for other types of values, and for one without its first text.
    init?(_ body: JSONValue) throws(ChatError) {
        let types: [(MessageType, [(String, Int)])] = [
            (.contact, Self.contactFields), (.sticker, Self.stickerFields),
        ]
        let given = types.filter { type, _ in !(body[type.rawValue]?.isNull ?? true) }
        guard let (type, fields) = given.first, let value = body[type.rawValue] else { return nil }
        guard given.count == 1 else { throw ChatError(.invalidRequest, "Send a contact or a sticker, not both") }
        guard value.objectValue != nil else { throw ChatError(.invalidRequest, "\(type.rawValue) must be an object") }
        var content: JSONObject = [:]
        for (name, length) in fields {
            content[name] = try value.text(name, maximumBytes: length).map(JSONValue.string)
        }
        let required = fields[0].0
        guard let text = content[required]?.stringValue, text.contains(where: { !$0.isWhitespace }) else {
            throw ChatError(.invalidRequest, "\(type.rawValue).\(required) is required")
        }
        self.type = type
        self.content = .object(content)
    }

    /// Checks the address of a sticker's picture, which the receiver's client loads.
    /// - Throws: ``ChatError`` with code `invalidRequest` for one that is no http or https URL.
    func checkURL() throws(ChatError) {
        guard let url = content["url"]?.stringValue, !url.isEmpty, !ClientURL.isValid(url) else { return }
        throw ChatError(.invalidRequest, "\(type.rawValue).url is no http or https URL")
    }
}

extension MessageType {
    /// A contact.
    static let contact = MessageType(rawValue: "contact")
    /// A sticker.
    static let sticker = MessageType(rawValue: "sticker")
}

extension ChatMessage {
    /// Its contact or sticker, by the name of its type.
    var embed: BananatalkEmbed? {
        get { try? BananatalkEmbed(details) }
        set {
            for type in [MessageType.contact, .sticker] {
                self[detail: type.rawValue] = newValue?.type == type ? newValue?.content : nil
            }
        }
    }
}

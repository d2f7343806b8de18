import ChatBridge
import JSON

/// Which sticker a message of type `sticker` shows; its file is the message's attachment.
struct RoomsSticker: Sendable, Hashable {
    /// The types of stickers.
    static let types: Set<String> = ["static", "animated", "interactive"]

    /// The ID of the set.
    var set: String
    /// The ID of the sticker in the set.
    var sticker: String
    /// `static`, `animated` or `interactive`.
    var type: String
    /// What the sender's client adds, for interactive stickers.
    var metadata: JSONValue

    /// `{setId, stickerId, type, metadata}`
    var json: JSONValue {
        ["setId": .string(set), "stickerId": .string(sticker), "type": .string(type), "metadata": metadata]
    }

    init(set: String, sticker: String, type: String, metadata: JSONValue) {
        (self.set, self.sticker, self.type, self.metadata) = (set, sticker, type, metadata)
    }

    /// The sticker that ``json`` describes; `nil` for another value.
    init?(_ json: JSONValue?) {
        guard let json, let set = json["setId"]?.stringValue, let sticker = json["stickerId"]?.stringValue else {
            return nil
        }
        self.init(
            set: set, sticker: sticker, type: json["type"]?.stringValue ?? "static",
            metadata: json["metadata"] ?? .object([:]))
    }
}

extension MessageType {
    /// A sticker.
    static let sticker = MessageType(rawValue: "sticker")
    /// A message of the service itself: that a user has joined or left.
    static let system = MessageType(rawValue: "system")
}

extension ChatMessage {
    /// The sticker that the message shows.
    var sticker: RoomsSticker? {
        get { RoomsSticker(details["sticker"]) }
        set { self[detail: "sticker"] = newValue?.json }
    }
}

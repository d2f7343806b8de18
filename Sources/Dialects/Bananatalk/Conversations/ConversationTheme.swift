import ChatBridge
import JSON

/// The theme of a conversation, as its members have set it for all of them.
struct ConversationTheme {
    /// The predefined themes; `custom` for one that consists of the colors.
    enum Preset: String, CaseIterable {
        case `default`, dark, light, blue, pink, green, custom
    }

    /// The size of the text of messages.
    enum FontSize: String, CaseIterable {
        case small, medium, large
    }

    private static let colors = ["backgroundColor", "senderBubbleColor", "receiverBubbleColor"]

    var preset = Preset.default
    var fontSize = FontSize.medium
    /// `backgroundUrl` and the colors, those that are set.
    private var texts: JSONObject = [:]

    /// The theme that the settings of a conversation contain; what is not valid there counts as absent.
    init(_ setting: JSONValue?) {
        preset = setting?["preset"]?.stringValue.flatMap(Preset.init(rawValue:)) ?? .default
        fontSize = setting?["fontSize"]?.stringValue.flatMap(FontSize.init(rawValue:)) ?? .medium
        for name in ["backgroundUrl"] + Self.colors {
            texts[name] = setting?[name]?.stringValue.map(JSONValue.string)
        }
    }

    /// `{preset, fontSize, backgroundUrl?, backgroundColor?, senderBubbleColor?, receiverBubbleColor?}`
    var json: JSONValue {
        let json: JSONObject = ["preset": .string(preset.rawValue), "fontSize": .string(fontSize.rawValue)]
        return .object(json.merging(texts) { own, _ in own })
    }

    /// Changes what a request names, and leaves the rest as it is. `null` and the empty text remove a URL or color.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a value that is not valid.
    mutating func change(_ body: JSONValue, _ limits: BananatalkLimits) throws(ChatError) {
        if let name = try body.text("preset") {
            guard let preset = Preset(rawValue: name) else {
                throw ChatError(.invalidRequest, "Preset must be default, dark, light, blue, pink, green or custom")
            }
            self.preset = preset
        }
        if let name = try body.text("fontSize") {
            guard let fontSize = FontSize(rawValue: name) else {
                throw ChatError(.invalidRequest, "Font size must be small, medium or large")
            }
            self.fontSize = fontSize
        }
        try setText("backgroundUrl", from: body) { text in
            text.utf8.count <= limits.maximumThemeURLBytes && ClientURL.isValid(text)
        }
        // Clients use colors in style sheets: only what a color of CSS, or a number like 0xFF1A1A1A, consists of.
        for name in Self.colors {
            try setText(name, from: body) { text in
                text.utf8.count <= limits.maximumThemeColorBytes && text.utf8.allSatisfy(Self.isColorByte)
            }
        }
    }

    private mutating func setText(
        _ name: String, from body: JSONValue, isValid: (String) -> Bool
    ) throws(ChatError) {
        guard body[name] != nil else { return }
        let text = try body.text(name) ?? ""
        guard text.isEmpty || isValid(text) else { throw ChatError(.invalidRequest, "`\(name)` is not valid") }
        texts[name] = text.isEmpty ? nil : .string(text)
    }

    private static func isColorByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "#(),.% -/".utf8.contains(byte)
        }
    }
}

extension Conversation {
    /// The theme of the conversation.
    var theme: ConversationTheme {
        get { ConversationTheme(settings["theme"]) }
        set { setSetting("theme", newValue.json) }
    }
}

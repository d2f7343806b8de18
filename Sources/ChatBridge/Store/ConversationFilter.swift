/// Which of a user's conversations to list, and in which order. Hidden ones are never listed.
public struct ConversationFilter: Sendable, Hashable {
    /// The order of the list.
    public enum Order: Sendable, Hashable {
        /// The conversation that changed last, or to which the last message was sent, comes first.
        case lastChange
        /// The conversation to which the last message was sent comes first; one without messages counts by its creation.
        case lastMessage
    }

    /// A condition on a text in a conversation's settings. A setting that is missing counts as the empty text.
    public struct Condition: Sendable, Hashable {
        package var setting: String
        package var texts: Set<String>
        package var isOneOf: Bool

        /// The setting is one of `texts`.
        public static func setting(_ name: String, isOneOf texts: Set<String>) -> Condition {
            Condition(setting: name, texts: texts, isOneOf: true)
        }

        /// The setting is none of `texts`.
        public static func setting(_ name: String, isNoneOf texts: Set<String>) -> Condition {
            Condition(setting: name, texts: texts, isOneOf: false)
        }
    }

    /// The order of the list.
    public var order: Order
    /// Whether conversations that the user has archived are listed.
    public var includesArchived: Bool
    /// Only conversations for which all conditions of one of these lists hold; without a list, all.
    public var alternatives: [[Condition]]

    /// A filter; without arguments, all conversations.
    public init(
        order: Order = .lastChange, includesArchived: Bool = true, alternatives: [[Condition]] = []
    ) {
        self.order = order
        self.includesArchived = includesArchived
        self.alternatives = alternatives
    }
}

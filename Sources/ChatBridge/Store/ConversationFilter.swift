/// Which of a user's conversations are wanted, and in which order. Those that the user has put away are never among them.
public struct ConversationFilter: Sendable, Hashable {
    /// What comes first.
    public enum Order: Sendable, Hashable {
        /// What was last said in, or changed.
        case lastChange
        /// What was last said in; where nothing was said, what was made last.
        case lastMessage
    }

    /// What a conversation's settings must say under a name. A name that they lack says the empty text.
    public struct Condition: Sendable, Hashable {
        var setting: String
        var texts: Set<String>
        var isOneOf: Bool

        /// That it is one of `texts`.
        public static func setting(_ name: String, isOneOf texts: Set<String>) -> Condition {
            Condition(setting: name, texts: texts, isOneOf: true)
        }

        /// That it is none of `texts`.
        public static func setting(_ name: String, isNoneOf texts: Set<String>) -> Condition {
            Condition(setting: name, texts: texts, isOneOf: false)
        }
    }

    /// What comes first.
    public var order: Order
    /// Whether those count that the user has archived (`archived` of what is kept of the member).
    public var includesArchived: Bool
    /// Only those for which all conditions of one of these lists hold; no list: all.
    public var alternatives: [[Condition]]

    /// A filter; without arguments, of all conversations.
    public init(
        order: Order = .lastChange, includesArchived: Bool = true, alternatives: [[Condition]] = []
    ) {
        self.order = order
        self.includesArchived = includesArchived
        self.alternatives = alternatives
    }
}

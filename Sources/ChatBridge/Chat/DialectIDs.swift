public import Foundation

/// Generates a dialect's IDs: an ``ObjectID``, in some dialects after a prefix that says what it names (`msg_6743…`).
public struct DialectIDs: Sendable {
    /// What comes before the object ID; nothing by default.
    public struct Prefixes: Sendable, Hashable {
        /// Of messages.
        public var messages: String
        /// Of conversations.
        public var conversations: String
        /// Of files.
        public var media: String
        /// Of users with accounts.
        public var users: String

        /// Prefixes, empty by default.
        public init(messages: String = "", conversations: String = "", media: String = "", users: String = "") {
            self.messages = messages
            self.conversations = conversations
            self.media = media
            self.users = users
        }
    }

    private let generator: ObjectIDGenerator
    private let prefixes: Prefixes

    init(generator: ObjectIDGenerator, prefixes: Prefixes) {
        self.generator = generator
        self.prefixes = prefixes
    }

    /// The ID of a new message.
    public func message(at date: Date) -> String { prefixes.messages + generator.next(at: date).description }
    /// The ID of a new conversation.
    public func conversation(at date: Date) -> String { prefixes.conversations + generator.next(at: date).description }
    /// The ID of a new user.
    public func user(at date: Date) -> String { prefixes.users + generator.next(at: date).description }
    /// The ID of a new file.
    public func media(at date: Date) -> String { prefixes.media + generator.next(at: date).description }
}

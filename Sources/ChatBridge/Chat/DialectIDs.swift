public import Foundation

/// Names things as a dialect does: an ``ObjectID``, perhaps behind a word for what it names (`msg_6743…`).
public struct DialectIDs: Sendable {
    /// Makes the part that differs.
    public let generator: ObjectIDGenerator
    private let messages: String
    private let conversations: String
    private let media: String

    /// Ids with these words before them, none unless told otherwise.
    public init(
        generator: ObjectIDGenerator, messages: String = "", conversations: String = "", media: String = ""
    ) {
        self.generator = generator
        self.messages = messages
        self.conversations = conversations
        self.media = media
    }

    /// A new message's.
    public func message(at date: Date) -> String { messages + generator.next(at: date).description }
    /// A new conversation's.
    public func conversation(at date: Date) -> String { conversations + generator.next(at: date).description }
    /// A new file's.
    public func media(at date: Date) -> String { media + generator.next(at: date).description }
}

public import ChatBridge
import Foundation

/// A message with what a store keeps beside it.
public struct StoredMessage: Sendable {
    /// The message.
    public var message: ChatMessage
    /// Its place in the order of messages (see ``OrderKey``); `nil` where another program wrote it and it has none yet.
    public var order: Int?
    /// The users who have deleted it for themselves.
    public var hiddenFrom: [String]
    /// Which of the conversation's deletions for everyone it was, where it was deleted.
    public var deletion: Int?
    /// The terms by which a search finds it, where they are to be written: see ``setTerms()``. Those that are stored are not read.
    public private(set) var terms: [String]?
    /// Whether the document says that it was read, and not by whom.
    public var isRead = false
    /// The other member of a conversation of two, for documents that name a receiver.
    public var counterpart: String?

    /// A message as it is stored.
    public init(_ message: ChatMessage, order: Int? = nil, hiddenFrom: [String] = [], deletion: Int? = nil) {
        self.message = message
        self.order = order
        self.hiddenFrom = hiddenFrom
        self.deletion = deletion
    }

    /// Has the terms of the text written: for a message that is new, or whose text was changed.
    public mutating func setTerms() { terms = SearchTerms.terms(of: message.text) }
}

/// Places in the orders of messages and of conversations: milliseconds since 1970 in the upper bits and a counter in the lower
/// ten. So what other programs wrote has a place by its date among what was written here, whose places only ever increase.
public enum OrderKey {
    /// The lowest place of a millisecond since 1970.
    public static func first(of milliseconds: Int) -> Int { milliseconds << 10 }
}

public import Foundation

/// The limits and variants of a dialect's chat: what its reference says; where it says nothing, the defaults.
public struct ChatRules: Sendable {
    /// How many messages a user may send on one day; `nil` for any number.
    public var allowance: DailyAllowance?
    /// The longest text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// The longest text or caption in UTF-16 code units, as JavaScript and .NET count characters; `nil` for no such limit.
    public var maximumTextCharacters: Int?
    /// The longest reaction, in bytes of UTF-8: the longest emoji of Unicode 16 have 35.
    public var maximumEmojiBytes = 64
    /// The number of items on a page if the request does not specify it.
    public var defaultPage = 50
    /// The most items on a page.
    public var maximumPage = 100
    /// The most members of a conversation that a user creates.
    public var maximumMembers = 1_024
    /// For how long a message may be edited, in seconds; `nil` for no limit.
    public var editingTime: TimeInterval?
    /// How many previous texts an edited message keeps.
    public var editHistory = 0
    /// Whether users whom a text names by an `@` are recorded with the message, see ``ChatMessage/mentions``.
    public var findsMentions = false
    /// Whether a user may have one reaction to a message, which the next one replaces.
    public var allowsOneReactionEach = false
    /// Whether a conversation or message is "not found" for a user who is not a member, rather than "not allowed".
    public var hidesFromNonMembers = false
    /// Whether no two messages of a conversation have the same timestamp, for dialects that find and page them by it.
    public var separatesTimestamps = false
    /// Completes each message that is sent by what its conversation says.
    public var completesMessage: @Sendable (_ message: inout ChatMessage, _ conversation: Conversation) -> Void = {
        _, _ in
    }
    /// The texts of refusals.
    public var refusals = RefusalMessages()

    /// The defaults.
    public init() {}
}

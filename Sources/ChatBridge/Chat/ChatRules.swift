public import Foundation

/// What bounds a dialect's chat. What its reference says; where it says nothing, the defaults.
public struct ChatRules: Sendable {
    /// Messages a day; `nil` for any number.
    public var allowance: DailyAllowance?
    /// Of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// The same in characters, counted as JavaScript and .NET do (code units of UTF-16), where a reference says so.
    public var maximumTextCharacters: Int?
    /// Of a reaction, in bytes of UTF-8: the longest emoji of today have 35.
    public var maximumEmojiBytes = 64
    /// Items on a page, unless asked for fewer or more.
    public var defaultPage = 50
    /// Items on a page at most.
    public var maximumPage = 100
    /// Members of a conversation that a user makes.
    public var maximumMembers = 1_024
    /// For how long a message may be edited, in seconds; `nil` for ever.
    public var editingTime: TimeInterval?
    /// How many former texts an edited message keeps.
    public var editHistory = 0
    /// Whether a user has one reaction to a message, which the next one replaces.
    public var allowsOneReactionEach = false
    /// Whether somebody who is not a member is told that there is no such thing, rather than that it is not theirs.
    public var hidesFromOutsiders = false
    /// Whether no two messages of a conversation have the same moment: in dialects that find and page them by it.
    public var keepsMomentsApart = false
    /// How it is said.
    public var sentences = RefusalMessages()

    /// The defaults.
    public init() {}
}

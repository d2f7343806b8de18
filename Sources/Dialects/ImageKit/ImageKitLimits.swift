import ChatBridge

/// What bounds the dialect. Its reference states no limits; these suit a chat.
public struct ImageKitLimits: Sendable, Hashable {
    /// Of a file, in bytes.
    public var maximumFileBytes = 1 << 30
    /// Of a file that comes before the fields that say who sends it, in bytes.
    public var maximumUnprovenBytes = 100 << 20
    /// How many uploads may come at once whose sender is not known yet. Beyond that one of whoever has the most ends.
    public var maximumUnproven = 256
    /// How many of those one client address may have.
    public var maximumUnprovenPerAddress = 32
    /// Files in one form.
    public var maximumFiles = 16
    /// Of the files of one form together, in bytes.
    public var maximumBatchBytes = 1 << 30
    /// For how long an upload token holds, in seconds: what ImageKit's own SDKs choose.
    public var tokenLifetime = 1_800
    /// How far ahead an upload token may expire, in seconds: what ImageKit allows.
    public var maximumTokenLifetime = 3_600
    /// Of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// Chats that one socket may have joined.
    public var maximumJoined = 1_000
    /// Chat requests in a list that is not asked for in pages.
    public var maximumRequests = 10_000

    /// The defaults.
    public init() {}

    /// What of it bounds every dialect's chat, in the dialect's words.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.maximumTextBytes = maximumTextBytes
        rules.refusals.noConversation = "Chat not found"
        rules.refusals.notMember = "You are not a participant of this chat"
        rules.refusals.notYourMessage = "You are not a participant of this chat"
        rules.refusals.onlySenderEdits = "You can only edit your own messages"
        rules.refusals.noRepliedMessage = "The message to reply to was not found in this chat"
        return rules
    }
}

import ChatBridge

/// The limits of the dialect. Its reference states none; these defaults suit a chat.
public struct ImageKitLimits: Sendable, Hashable {
    /// The maximum size of a file, in bytes.
    public var maximumFileBytes = 1 << 30
    /// The maximum size of a file that arrives before the fields that authenticate its sender, in bytes.
    public var maximumUnauthenticatedBytes = 100 << 20
    /// The maximum number of concurrent uploads without an authenticated sender. Beyond it, one upload of the client
    /// with the most is ended.
    public var maximumUnauthenticatedUploads = 256
    /// The maximum number of such uploads per client network.
    public var maximumUnauthenticatedUploadsPerAddress = 32
    /// The maximum number of files in one form.
    public var maximumFiles = 16
    /// The maximum total size of the files of one form, in bytes.
    public var maximumBatchBytes = 1 << 30
    /// The lifetime of an upload token that is issued here, in seconds; ImageKit's own SDKs use this value.
    public var tokenLifetime = 1_800
    /// The maximum time until an accepted upload token expires, in seconds; ImageKit has the same limit.
    public var maximumTokenLifetime = 3_600
    /// The maximum length of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// The maximum number of chats that one socket may have joined.
    public var maximumJoined = 1_000
    /// The maximum number of chat requests in a list that is requested without paging.
    public var maximumRequests = 10_000

    /// Creates the default limits.
    public init() {}

    /// The limits that the chat core enforces, with the dialect's error messages.
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

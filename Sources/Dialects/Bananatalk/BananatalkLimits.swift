public import ChatBridge

/// The limits of the dialect: those that its reference states, and defaults where it states none.
public struct BananatalkLimits: Sendable, Hashable {
    /// The number of messages that a user may send per day.
    public var allowance = DailyAllowance(regular: 1000, visitor: 50)
    /// The maximum size of a video, in bytes.
    public var maximumVideoBytes = 1_073_741_824
    /// The maximum duration of a video, in seconds.
    public var maximumVideoDuration = 600.0
    /// The maximum length of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// The maximum length of a location's postal address and of its name, in bytes each.
    public var maximumPlaceBytes = 1_024
    /// The maximum number of receivers of one forward request.
    public var maximumReceivers = 50
    /// The page size when the request specifies none.
    public var defaultPage = 50
    /// The maximum page size.
    public var maximumPage = 100
    /// The page size of the list of conversations when the request specifies none.
    public var defaultConversations = 20
    /// The longest time for which a conversation is muted, in milliseconds: 100 years.
    public var maximumMuteMilliseconds = 3_155_760_000_000
    /// The maximum length of the URL of a theme's background, in bytes.
    public var maximumThemeURLBytes = 2_048
    /// The maximum length of a theme's color, in bytes.
    public var maximumThemeColorBytes = 64
    /// The maximum length of a nickname, in bytes of UTF-8.
    public var maximumNicknameBytes = 256
    /// The maximum number of quick replies of a conversation.
    public var maximumQuickReplies = 100
    /// The maximum length of a quick reply, in bytes of UTF-8.
    public var maximumQuickReplyBytes = 1_024
    /// The longest time from the reading of a message to its deletion, in seconds: 30 days.
    public var maximumDestructTimer = 2_592_000
    /// The longest time from the sending of a message to its deletion, in seconds: a year.
    public var maximumExpiry = 31_536_000
    /// The maximum number of options of a poll.
    public var maximumPollOptions = 20
    /// The maximum number of members of a conversation with a poll: each vote is an event for all of them.
    public var maximumPollMembers = 1_000
    /// The maximum length of a poll's question, of an option and of an explanation, in bytes of UTF-8 each.
    public var maximumPollBytes = 1_024
    /// The longest time until a poll ends by itself, in seconds: a year.
    public var maximumPollTime = 31_536_000.0
    /// The maximum length of the name of a language into which a message is translated, in bytes.
    public var maximumLanguageBytes = 16
    /// The time within which a message can be edited, in seconds. The reference says that there is a limit, and not which.
    public var editingTime = 900.0
    /// The maximum number of connected devices per user; the oldest is disconnected when another connects.
    public var maximumDevices = 10
    /// The maximum number of sockets per device; the oldest is disconnected when another connects.
    public var maximumSocketsOfDevice = 3
    /// How often sockets are sent the event `ping`.
    public var pingInterval = Duration.seconds(25)
    /// The maximum number of users in one status request.
    public var maximumStatuses = 200
    /// The maximum number of contacts that receive a user's presence updates, those of the newest conversations first.
    public var maximumContacts = 10_000

    /// Creates the default limits.
    public init() {}

    /// The limits that the chat core enforces.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.allowance = allowance
        rules.maximumTextBytes = maximumTextBytes
        rules.editingTime = editingTime
        rules.findsMentions = true
        rules.defaultPage = defaultPage
        rules.maximumPage = maximumPage
        rules.completesMessage = SecretChatSettings.complete
        return rules
    }
}

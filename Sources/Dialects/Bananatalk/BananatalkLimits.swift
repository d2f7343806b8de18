public import ChatBridge

/// The limits of the dialect, as its reference states them, and bounds where it states none.
public struct BananatalkLimits: Sendable, Hashable {
    /// Messages a day.
    public var allowance = DailyAllowance(regular: 1000, visitor: 50)
    /// Of a video, in bytes.
    public var maximumVideoBytes = 1_073_741_824
    /// Of a video, in seconds.
    public var maximumVideoDuration = 600.0
    /// Of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// Of a place's address and name, in bytes each.
    public var maximumPlaceBytes = 1_024
    /// Receivers of one forward.
    public var maximumReceivers = 50
    /// Messages on a page, unless asked for fewer or more.
    public var defaultPage = 50
    /// Messages on a page at most.
    public var maximumPage = 100
    /// Devices of one user at once; the oldest is disconnected for the next.
    public var maximumDevices = 10
    /// Sockets of one device at once; the oldest is disconnected for the next.
    public var maximumSocketsOfDevice = 3
    /// Users in one request for statuses.
    public var maximumStatuses = 200
    /// Contacts whose presence a user is notified of, those of the newest conversations first.
    public var maximumContacts = 10_000

    /// The defaults.
    public init() {}

    /// What of it bounds every dialect's chat.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.allowance = allowance
        rules.maximumTextBytes = maximumTextBytes
        rules.defaultPage = defaultPage
        rules.maximumPage = maximumPage
        return rules
    }
}

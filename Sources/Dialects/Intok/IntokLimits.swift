public import ChatBridge

/// The limits of the dialect: those that its reference states, and defaults where it states none.
public struct IntokLimits: Sendable, Hashable {
    /// The maximum size of an attachment, in bytes: 25 MB.
    public var maximumAttachmentBytes = 25 << 20
    /// The maximum size of a profile picture, in bytes: 5 MB.
    public var maximumPictureBytes = 5 << 20
    /// The lifetime of an upload URL, in seconds.
    public var uploadLifetime = 300
    /// The lifetime of a download URL, in seconds.
    public var downloadLifetime = 3600
    /// How long an uploaded file is kept without a message that shows it, in seconds: one day.
    public var attachmentLifetime = 86_400
    /// The maximum number and total size of a user's uploads that were allowed or uploaded, but not sent.
    public var openUploads = UploadAllowance(files: 64, bytes: 1 << 30)
    /// The maximum length of the preview of the original message in a reply, in characters.
    public var previewLength = 100
    /// The maximum length of the name of a file or a group, in bytes of UTF-8.
    public var maximumNameBytes = 1_024
    /// The maximum size of a WebSocket frame, in bytes.
    public var maximumFrame = 128 << 10
    /// How many calls that need no token a network may make in a minute.
    public var attemptsPerAddress = 120
    /// How many logins from one network may fail for one e-mail address in 15 minutes.
    public var loginAttempts = 10
    /// How many logins may fail for one e-mail address in 15 minutes, from all networks together.
    public var loginAttemptsOfAllNetworks = 100
    /// The maximum number of users that a search returns.
    public var maximumUsersFound = 20
    /// The maximum number of devices of a user.
    public var maximumDevices = 64
    /// The maximum length of the token of a device, in bytes.
    public var maximumDeviceTokenBytes = 4_096
    /// The maximum size of the preview in an event for devices, in bytes of UTF-8.
    static let maximumPreviewBytes = 400
    /// The maximum size of a user's devices in an event for devices, in bytes as they are sent; of more, the latest are shown.
    static let maximumShownDeviceBytes = 8 << 10
    /// The maximum number of languages that a message is translated into.
    public var maximumLanguages = 16
    /// The maximum size of all translations of a message together, in bytes of UTF-8.
    static let maximumTranslationBytes = 64 << 10
    /// The maximum number of conversations in one response; if there are more, it contains a cursor.
    public var maximumConversations = 10_000

    /// Creates the default limits.
    public init() {}

    /// The rules for the chat core.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.hidesFromNonMembers = true
        rules.separatesTimestamps = true
        return rules
    }
}

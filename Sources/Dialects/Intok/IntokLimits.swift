public import ChatBridge

/// The limits of the dialect, as its reference states them, and bounds where it states none.
public struct IntokLimits: Sendable, Hashable {
    /// Of an attachment, in bytes: 25 MB.
    public var maximumAttachmentBytes = 25 << 20
    /// Of a profile picture, in bytes: 5 MB.
    public var maximumPictureBytes = 5 << 20
    /// For how long an address to upload to works, in seconds.
    public var uploadLifetime = 300
    /// For how long an address to download from works, in seconds.
    public var downloadLifetime = 3600
    /// For how long a file that was uploaded waits for its message, in seconds: a day.
    public var attachmentLifetime = 86_400
    /// How much a user may have allowed at once, or uploaded and not sent.
    public var openUploads = UploadAllowance(files: 64, bytes: 1 << 30)
    /// Of what a reply shows of its original, in characters.
    public var previewLength = 100
    /// Of a file's or a group's name, in bytes of UTF-8.
    public var maximumNameBytes = 1_024
    /// Of a frame on the socket, in bytes.
    public var maximumFrame = 128 << 10
    /// Conversations in one answer; with more, it says where to go on.
    public var maximumConversations = 10_000

    /// The defaults.
    public init() {}

    /// What of it bounds every dialect's chat.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.hidesFromNonMembers = true
        rules.separatesTimestamps = true
        return rules
    }
}

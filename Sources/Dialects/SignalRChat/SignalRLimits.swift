import ChatBridge

/// The limits of the dialect, as its reference states them, with values chosen here where it states none.
public struct SignalRLimits: Sendable, Hashable {
    /// The maximum size of an image, in bytes.
    public var maximumImageBytes = 10 << 20
    /// The maximum size of a video, in bytes.
    public var maximumVideoBytes = 100 << 20
    /// The maximum size of a document, in bytes.
    public var maximumDocumentBytes = 20 << 20
    /// The maximum size of an audio file, in bytes.
    public var maximumAudioBytes = 20 << 20
    /// The maximum length of a message, in characters.
    public var maximumTextCharacters = 5_000
    /// How long after sending a message may be edited, in seconds.
    public var editingTime = 900.0
    /// The maximum number of files in one message.
    public var maximumAttachments = 10
    /// The maximum number of users that one message mentions.
    public var maximumMentions = 50
    /// The maximum length of a group's name, in bytes of UTF-8.
    public var maximumNameBytes = 256
    /// The maximum length of a group's description or of the URL of its picture, in bytes of UTF-8.
    public var maximumDescriptionBytes = 2_048
    /// The default number of conversations on a page.
    public var defaultConversations = 20
    /// The default number of messages that a search finds on a page.
    public var defaultSearchResults = 20
    /// The maximum number of users who are notified of a user's presence; those of the latest conversations come first.
    public var maximumContacts = 10_000

    /// The defaults.
    public init() {}

    /// The error message for users who are not members.
    static let notParticipant = "You are not a participant in this conversation"

    /// The limits as rules of the shared chat core.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.maximumTextCharacters = maximumTextCharacters
        rules.maximumTextBytes = maximumTextCharacters * 3
        rules.editingTime = editingTime
        rules.refusals.notMember = Self.notParticipant
        rules.refusals.notYourMessage = Self.notParticipant
        rules.refusals.editingTimeExpired =
            "Messages can only be edited within \(Int(editingTime / 60)) minutes of sending"
        rules.separatesTimestamps = true
        return rules
    }
}

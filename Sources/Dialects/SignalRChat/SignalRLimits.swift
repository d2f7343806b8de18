import ChatBridge

/// The limits of the dialect, as its reference states them, and bounds where it states none.
public struct SignalRLimits: Sendable, Hashable {
    /// Of an image, in bytes.
    public var maximumImageBytes = 10 << 20
    /// Of a video, in bytes.
    public var maximumVideoBytes = 100 << 20
    /// Of a document, in bytes.
    public var maximumDocumentBytes = 20 << 20
    /// Of audio, in bytes.
    public var maximumAudioBytes = 20 << 20
    /// Of a message, in characters.
    public var maximumTextCharacters = 5_000
    /// For how long a message may be edited, in seconds.
    public var editingTime = 900.0
    /// Files in one message.
    public var maximumAttachments = 10
    /// Users that one message mentions.
    public var maximumMentions = 50
    /// Of a group's name, in bytes of UTF-8.
    public var maximumNameBytes = 256
    /// Of a group's description or the address of its picture, in bytes of UTF-8.
    public var maximumDescriptionBytes = 2_048
    /// Conversations on a page, unless asked for fewer or more.
    public var defaultConversations = 20
    /// To how many others a user's coming and going is told, those of the latest conversations first.
    public var maximumContacts = 10_000

    /// The defaults.
    public init() {}

    /// What a non-member is told.
    static let notParticipant = "You are not a participant in this conversation"

    /// What of it bounds every dialect's chat.
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

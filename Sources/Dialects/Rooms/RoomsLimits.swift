import ChatBridge
public import Foundation

/// The bounds of the dialect. Its reference asks for limits and names none: these are they.
public struct RoomsLimits: Sendable, Hashable {
    /// Of a file, in bytes.
    public var maximumFileBytes = 100 << 20
    /// Of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// Of a room's name, description and other texts, in bytes each.
    public var maximumRoomTextBytes = 2_048
    /// Participants of a room at most, and unless its settings say fewer.
    public var maximumParticipants = 1_024
    /// Rooms of one forward.
    public var maximumForwards = 50
    /// Former texts that an edited message keeps.
    public var editHistory = 20
    /// Messages on a page, unless asked for fewer or more.
    public var defaultMessages = 50
    /// Rooms on a page, unless asked for fewer or more.
    public var defaultRooms = 20
    /// Items on a page at most.
    public var maximumPage = 100
    /// For how long a participant who wrote counts as active, in seconds.
    public var activity: TimeInterval = 30 * 86_400
    /// How long a socket may take to say who it is, in seconds.
    public var authenticationTime: TimeInterval = 10
    /// Sockets of one user at once; the oldest is disconnected for the next.
    public var maximumDevices = 10
    /// Users to whom somebody's presence is told.
    public var maximumContacts = 10_000

    /// The defaults.
    public init() {}

    /// What of it bounds every dialect's chat.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.maximumTextBytes = maximumTextBytes
        rules.maximumMembers = maximumParticipants
        rules.editHistory = editHistory
        rules.defaultPage = defaultMessages
        rules.maximumPage = maximumPage
        rules.allowsOneReactionEach = true
        rules.refusals = RoomsRefusalMessages.chat
        rules.separatesTimestamps = true
        return rules
    }
}

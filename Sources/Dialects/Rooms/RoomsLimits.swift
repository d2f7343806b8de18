import ChatBridge
public import Foundation

/// The limits of the dialect. The reference asks for limits without stating values; these are chosen here.
public struct RoomsLimits: Sendable, Hashable {
    /// The maximum size of a file, in bytes.
    public var maximumFileBytes = 100 << 20
    /// The maximum length of a text or caption, in bytes of UTF-8.
    public var maximumTextBytes = 16_384
    /// The maximum length of a room's name, description and other texts, in bytes each.
    public var maximumRoomTextBytes = 2_048
    /// The maximum number of participants of a room, and the default where its settings specify fewer.
    public var maximumParticipants = 1_024
    /// The maximum number of rooms to which one request forwards a message.
    public var maximumForwards = 50
    /// The number of previous texts that an edited message keeps.
    public var editHistory = 20
    /// The default number of messages on a page.
    public var defaultMessages = 50
    /// The default number of rooms on a page.
    public var defaultRooms = 20
    /// The maximum number of items on a page.
    public var maximumPage = 100
    /// How long a participant counts as active after sending a message, in seconds.
    public var activity: TimeInterval = 30 * 86_400
    /// The time a socket has to authenticate, in seconds.
    public var authenticationTime: TimeInterval = 10
    /// The maximum number of sockets of one user; the oldest is disconnected when there are more.
    public var maximumDevices = 10
    /// The maximum number of users who are notified of a user's presence.
    public var maximumContacts = 10_000
    /// The maximum number of sticker sets.
    public var maximumStickerSets = 500
    /// The maximum number of stickers of a set.
    public var maximumStickers = 120
    /// The maximum size of a sticker's file, in bytes.
    public var maximumStickerBytes = 1 << 20
    /// The maximum number of pixels of a sticker.
    public var maximumStickerPixels = 1 << 22
    /// The maximum length of a sticker's ID, name or tag, and of a set's category, in bytes of UTF-8 each.
    public var maximumStickerTextBytes = 128
    /// The maximum number of tags of a sticker or set.
    public var maximumTags = 16
    /// The maximum number of sticker sets on a page, each of which is read with all of its stickers, and the default.
    public var maximumSetsOnPage = 20
    /// The maximum number of sticker sets in which a search for stickers looks.
    public var maximumSearchedSets = 100
    /// The maximum size of the metadata of a sticker message, in bytes of JSON.
    public var maximumMetadataBytes = 4_096

    /// The defaults.
    public init() {}

    /// The limits as rules of the shared chat core.
    var rules: ChatRules {
        var rules = ChatRules()
        rules.maximumTextBytes = maximumTextBytes
        rules.maximumMembers = maximumParticipants
        rules.editHistory = editHistory
        rules.defaultPage = defaultMessages
        rules.maximumPage = maximumPage
        rules.allowsOneReactionEach = true
        rules.refusals = RoomsTexts.chat
        rules.separatesTimestamps = true
        return rules
    }
}

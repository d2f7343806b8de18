import ChatBridge
import Foundation
import JSON

/// A member's own settings of a conversation.
package struct SignalRMembership {
    /// Whether the member has archived it.
    let isArchived: Bool
    /// Whether it is muted for the member at the given time.
    let isMuted: Bool

    /// The settings of a stored membership at `date`.
    init(_ membership: Membership, at date: Date) {
        isArchived = membership.isArchived
        isMuted = membership.isMuted(at: date)
    }

    /// The settings as JSON: `{notifications, messageSounds}`.
    var json: JSONValue { ["notifications": .bool(!isMuted), "messageSounds": .bool(!isMuted)] }
}

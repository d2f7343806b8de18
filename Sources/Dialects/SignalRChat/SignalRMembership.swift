import ChatBridge
import Foundation
import JSON

/// How a member has set a conversation for themselves.
package struct SignalRMembership {
    /// Whether it is out of their sight.
    let isArchived: Bool
    /// Whether it makes no noise for them now.
    let isMuted: Bool

    /// What the store keeps of a member, at `date`.
    init(_ membership: Membership, at date: Date) {
        isArchived = membership.isArchived
        isMuted = membership.isMuted(at: date)
    }

    /// The settings of a conversation as its member sees them.
    var json: JSONValue { ["notifications": .bool(!isMuted), "messageSounds": .bool(!isMuted)] }
}

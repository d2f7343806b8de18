public import Foundation
import JSON

/// That a message is pinned in its conversation.
public struct MessagePin: Sendable, Hashable {
    /// The user who has pinned it.
    public var user: String
    /// When it was pinned.
    public var pinnedAt: Date

    /// A pin.
    public init(user: String, pinnedAt: Date) {
        self.user = user
        self.pinnedAt = pinnedAt
    }
}

extension ChatMessage {
    /// Who has pinned it, and when; `nil` while it is not pinned.
    public var pin: MessagePin? {
        get {
            guard let pin = self[detail: "pin"], let user = pin["user"]?.stringValue,
                let date = pin["pinnedAt"]?.integerValue
            else { return nil }
            return MessagePin(user: user, pinnedAt: Date(milliseconds: date))
        }
        set {
            self[detail: "pin"] = newValue.map {
                ["user": .string($0.user), "pinnedAt": .integer($0.pinnedAt.milliseconds)]
            }
        }
    }
}

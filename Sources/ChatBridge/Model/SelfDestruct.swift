public import Foundation
import JSON

/// When a message is deleted for everyone by itself.
public struct SelfDestruct: Sendable, Hashable {
    /// How many seconds after it was read; `nil` where reading it does not matter.
    public var timer: Int?
    /// At which date, whether or not it was read; `nil` for none.
    public var expiresAt: Date?
    /// At which date, because it was read; `nil` before that.
    public var destructAt: Date?

    /// A message that is deleted `timer` seconds after it was read, or at `expiresAt`, whichever comes first.
    public init(timer: Int? = nil, expiresAt: Date? = nil, destructAt: Date? = nil) {
        self.timer = timer
        self.expiresAt = expiresAt
        self.destructAt = destructAt
    }

    /// At which date it is deleted, as far as that is known; `nil` where it is not.
    public var dueAt: Date? { [expiresAt, destructAt].compactMap(\.self).min() }

    /// Notes that the message was read. Returns whether that has started the timer, which only the first reading does.
    package mutating func read(at date: Date) -> Bool {
        guard let timer, destructAt == nil else { return false }
        destructAt = date + TimeInterval(timer)
        return true
    }
}

extension ChatMessage {
    /// When it is deleted by itself; `nil` for a message that stays.
    public var selfDestruct: SelfDestruct? {
        get {
            guard let members = details["selfDestruct"], members.objectValue != nil else { return nil }
            let date = { (name: String) in members[name]?.integerValue.map(Date.init(milliseconds:)) }
            return SelfDestruct(
                timer: members["timer"]?.integerValue, expiresAt: date("expiresAt"), destructAt: date("destructAt"))
        }
        set {
            self[detail: "selfDestruct"] = newValue.map { value in
                var members: JSONObject = [:]
                members["timer"] = value.timer.map(JSONValue.integer)
                members["expiresAt"] = value.expiresAt.map { .integer($0.milliseconds) }
                members["destructAt"] = value.destructAt.map { .integer($0.milliseconds) }
                return .object(members)
            }
        }
    }

    /// Notes that it was read. Returns whether that has started the timer after which it is deleted.
    package mutating func startSelfDestruct(at date: Date) -> Bool {
        guard var value = selfDestruct, value.read(at: date) else { return false }
        selfDestruct = value
        return true
    }
}

import Foundation
import JSON

/// How a member has set a conversation for themselves.
struct SignalRMembership {
    /// Whether it is out of their sight.
    let isArchived: Bool
    /// Whether it makes no noise for them now.
    let isMuted: Bool
    /// Until when it makes none, where that was said.
    let mutedUntil: Date?

    /// What the store keeps of a member, at `date`.
    init(_ kept: JSONValue, at date: Date) {
        isArchived = kept["archived"]?.boolValue ?? false
        let until = kept["mutedUntil"]?.integerValue.map(Date.init(milliseconds:))
        isMuted = (kept["muted"]?.boolValue ?? false) && until.map { date < $0 } ?? true
        mutedUntil = isMuted ? until : nil
    }

    /// The settings of a conversation as its member sees them.
    var json: JSONValue { ["notifications": .bool(!isMuted), "messageSounds": .bool(!isMuted)] }
}

extension JSONValue {
    /// What the store keeps of a member who archives a conversation, or takes it back.
    mutating func setArchived(_ isArchived: Bool) { set("archived", isArchived ? true : nil) }

    /// What it keeps of one who mutes it, or no longer does.
    mutating func setMuted(_ isMuted: Bool, until date: Date?) {
        set("muted", isMuted ? true : nil)
        set("mutedUntil", isMuted ? date.map { .integer($0.milliseconds) } : nil)
    }

    private mutating func set(_ name: String, _ value: JSONValue?) {
        var members = objectValue ?? [:]
        members[name] = value
        self = .object(members)
    }
}

public import Foundation

/// A user as a member of a conversation.
public struct Membership: Sendable, Hashable {
    /// What a member may do beyond reading and sending.
    public enum Role: String, Sendable, Hashable {
        /// Changes the conversation's settings and members.
        case admin
        /// Reads and sends.
        case member
    }

    /// Whether a conversation notifies its member.
    public enum Mute: Sendable, Hashable {
        /// It does.
        case off
        /// It does not, until the date; `nil`: until the member unmutes it.
        case on(until: Date?)
    }

    /// The member.
    public let user: String
    /// Their role.
    public let role: Role
    /// When they joined.
    public let joinedAt: Date
    /// How far they have read; `nil` where they have read nothing.
    public let readCursor: ReadCursor?
    /// Whether the conversation is out of their list until a message is sent to it.
    public var isHidden: Bool
    /// Whether they have archived the conversation.
    public var isArchived: Bool
    /// Whether they have muted it.
    public var mute: Mute
    /// When they muted it; `nil` where they have not, or that is not known.
    public var mutedAt: Date?
    /// When they pinned it; `nil` where they have not.
    public var pinnedAt: Date?

    /// A membership.
    public init(
        user: String, role: Role = .member, joinedAt: Date, readCursor: ReadCursor? = nil, isHidden: Bool = false,
        isArchived: Bool = false, mute: Mute = .off, mutedAt: Date? = nil, pinnedAt: Date? = nil
    ) {
        self.user = user
        self.role = role
        self.joinedAt = joinedAt
        self.readCursor = readCursor
        self.isHidden = isHidden
        self.isArchived = isArchived
        self.mute = mute
        self.mutedAt = mutedAt
        self.pinnedAt = pinnedAt
    }

    /// The membership as a store writes it at `date`: a mute that was set without saying when was set now.
    package func completed(at date: Date) -> Membership {
        var membership = self
        membership.mutedAt = mute == .off ? nil : mutedAt ?? date
        return membership
    }

    /// Whether the conversation is muted at `date`.
    public func isMuted(at date: Date) -> Bool {
        guard case .on(let until) = mute else { return false }
        return until.map { date < $0 } ?? true
    }
}

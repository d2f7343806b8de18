import ChatBridge
import Foundation
import JSON

/// The state of a chat: who requested it, whether the request was accepted, and who has blocked it. It is stored in the
/// conversation's settings. What a member does for themselves only (archiving, deleting) is stored with the membership.
package struct ChatRequestState {
    enum Status: String, CaseIterable {
        case pending, accepted, rejected, blocked
        /// No request was needed: the chat server created the chat.
        case autoAccepted = "auto_accepted"
    }

    var status: Status
    /// The user who requested the chat.
    var requestedBy: String?
    /// When the request was accepted.
    var acceptedAt: Date?
    /// The users who have blocked the chat, in the order in which they did; the empty string is the
    /// chat server.
    var blockers: [String]
    /// The status before the chat was blocked.
    var formerStatus: Status?

    /// The state of a chat that `user` requests.
    static func requested(by user: String) -> ChatRequestState {
        var state = ChatRequestState([:])
        state.status = .pending
        state.requestedBy = user
        return state
    }

    /// Reads the state from the settings of a conversation.
    init(_ settings: JSONValue) {
        let status = { (name: String) in settings[name]?.stringValue.flatMap(Status.init(rawValue:)) }
        self.status = status("status") ?? .autoAccepted
        // An invalid ID from the chat server is escaped, so that it never equals the ID of a user who can authenticate.
        requestedBy = settings["requestedBy"]?.stringValue.map(ChatIdentifier.escaped)
        acceptedAt = settings["acceptedAt"]?.integerValue.map(Date.init(milliseconds:))
        blockers =
            (settings["blockedBy"]?.stringValue.map { [$0] }
            ?? settings["blockedBy"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            .map { $0.isEmpty ? "" : ChatIdentifier.escaped($0) }
        formerStatus = status("formerStatus")
    }

    /// Returns the settings with this state; their other members are kept.
    func written(to settings: JSONValue) -> JSONValue {
        var members = settings.objectValue ?? [:]
        members["status"] = .string(status.rawValue)
        members["requestedBy"] = requestedBy.map(JSONValue.string)
        members["acceptedAt"] = acceptedAt.map { .integer($0.milliseconds) }
        members["blockedBy"] =
            blockers.count > 1 ? .array(blockers.map(JSONValue.string)) : blockers.first.map(JSONValue.string)
        members["formerStatus"] = formerStatus.map { .string($0.rawValue) }
        return .object(members)
    }

    /// Whether messages can be sent to the chat.
    var isOpen: Bool { status != .blocked && status != .rejected }

    /// Checks that messages can be sent to the chat.
    /// - Throws: ``ChatError`` with code `notAllowed` when it is blocked or its request was rejected.
    func checkOpen() throws(ChatError) {
        switch status {
        case .blocked: throw ChatError(.notAllowed, "This chat is blocked")
        case .rejected: throw ChatError(.notAllowed, "The request for this chat was rejected")
        case .pending, .accepted, .autoAccepted: break
        }
    }

    /// Accepts or rejects the pending request for the chat. The user who made the request cannot answer it.
    /// - Throws: ``ChatError`` with code `notAllowed` when `user` made the request, `invalidRequest` when none is
    ///   pending.
    mutating func answer(_ isAccepted: Bool, by user: String, at date: Date) throws(ChatError) {
        guard requestedBy != user else { throw ChatError(.notAllowed, "You cannot answer your own chat request") }
        guard status == .pending else { throw ChatError(.invalidRequest, "There is no pending request for this chat") }
        status = isAccepted ? .accepted : .rejected
        acceptedAt = isAccepted ? date : nil
    }

    /// The user whom `viewer` sees as the one who blocked the chat: themselves if they have blocked it, otherwise the
    /// first other user who has.
    func blockedBy(for viewer: String) -> String? {
        blockers.contains(viewer) ? viewer : blockers.first { !$0.isEmpty }
    }

    /// Blocks the chat by a user; every member has a block of their own.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the user has blocked it already.
    mutating func block(by user: String) throws(ChatError) {
        guard status == .blocked else {
            (formerStatus, status, blockers) = (status, .blocked, [user])
            return
        }
        guard !blockers.contains(user) else { throw ChatError(.invalidRequest, "You have already blocked this chat") }
        // A blocked chat without blockers was blocked by the chat server. That block is kept when the user unblocks the
        // chat.
        blockers = (blockers.isEmpty ? [""] : blockers) + [user]
    }

    /// Removes the user's block; the chat returns to its former status when no other block is left.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the chat is not blocked, `notAllowed` when the user has
    ///   not blocked it.
    mutating func unblock(by user: String) throws(ChatError) {
        guard status == .blocked else { throw ChatError(.invalidRequest, "This chat is not blocked") }
        guard blockers.contains(user) else { throw ChatError(.notAllowed, "Only who blocked this chat can unblock it") }
        blockers.removeAll { $0 == user }
        if blockers.isEmpty { (status, formerStatus) = (formerStatus ?? .autoAccepted, nil) }
    }
}

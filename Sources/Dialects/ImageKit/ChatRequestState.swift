import ChatBridge
import Foundation
import JSON

/// How it stands with a chat: who asked for it, whether that was granted, who has blocked it. Kept among the conversation's
/// settings. What a member does for themselves alone (archiving, deleting) is kept of the member.
package struct ChatRequestState {
    enum Status: String {
        case pending, accepted, rejected, blocked
        /// Nobody had to be asked: the chat server told of it.
        case autoAccepted = "auto_accepted"
    }

    var status: Status
    /// Who asked for the chat.
    var requestedBy: String?
    var acceptedAt: Date?
    /// Who has blocked it, the first of them first; the empty text is the chat server.
    var blockers: [String]
    /// What it was before it was blocked.
    var formerStatus: Status?

    /// A chat that somebody has asked for.
    static func requested(by user: String) -> ChatRequestState {
        var state = ChatRequestState([:])
        state.status = .pending
        state.requestedBy = user
        return state
    }

    /// How the settings of a conversation say that it stands.
    init(_ settings: JSONValue) {
        let status = { (name: String) in settings[name]?.stringValue.flatMap(Status.init(rawValue:)) }
        self.status = status("status") ?? .autoAccepted
        // What the chat server wrote as an id that is none is nobody who can call, and not whoever is spelled like that.
        requestedBy = settings["requestedBy"]?.stringValue.map(ChatIdentifier.escaped)
        acceptedAt = settings["acceptedAt"]?.integerValue.map(Date.init(milliseconds:))
        blockers =
            (settings["blockedBy"]?.stringValue.map { [$0] }
            ?? settings["blockedBy"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            .map { $0.isEmpty ? "" : ChatIdentifier.escaped($0) }
        formerStatus = status("formerStatus")
    }

    /// The settings with this in them; what else they hold stays.
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

    /// Throws where nothing can be said any more.
    func checkOpen() throws(ChatError) {
        switch status {
        case .blocked: throw ChatError(.notAllowed, "This chat is blocked")
        case .rejected: throw ChatError(.notAllowed, "The request for this chat was rejected")
        case .pending, .accepted, .autoAccepted: break
        }
    }

    /// Grants or rejects a request, which only who was asked can.
    mutating func answer(_ isAccepted: Bool, by user: String, at date: Date) throws(ChatError) {
        guard requestedBy != user else { throw ChatError(.notAllowed, "You cannot answer your own chat request") }
        guard status == .pending else { throw ChatError(.invalidRequest, "There is no pending request for this chat") }
        status = isAccepted ? .accepted : .rejected
        acceptedAt = isAccepted ? date : nil
    }

    /// Whom `viewer` is told to have blocked it: themselves, if they have, whoever else has as well.
    func blockedBy(for viewer: String) -> String? {
        blockers.contains(viewer) ? viewer : blockers.first { !$0.isEmpty }
    }

    /// Each member blocks for themselves.
    mutating func block(by user: String) throws(ChatError) {
        guard status == .blocked else {
            (formerStatus, status, blockers) = (status, .blocked, [user])
            return
        }
        guard !blockers.contains(user) else { throw ChatError(.invalidRequest, "You have already blocked this chat") }
        // Blocked by nobody who is named: by the chat server, whose block outlasts the user's.
        blockers = (blockers.isEmpty ? [""] : blockers) + [user]
    }

    /// Takes the user's own block back; the chat is open again when there is no other.
    mutating func unblock(by user: String) throws(ChatError) {
        guard status == .blocked else { throw ChatError(.invalidRequest, "This chat is not blocked") }
        guard blockers.contains(user) else { throw ChatError(.notAllowed, "Only who blocked this chat can unblock it") }
        blockers.removeAll { $0 == user }
        if blockers.isEmpty { (status, formerStatus) = (formerStatus ?? .autoAccepted, nil) }
    }
}

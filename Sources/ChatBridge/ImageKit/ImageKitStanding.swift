import Foundation

/// How it stands with a chat: who asked for it, whether that was granted, who has blocked or archived it. Kept among the
/// conversation's settings.
struct ImageKitStanding {
    enum Status: String {
        case pending, accepted, rejected, blocked
        /// Nobody had to be asked: the chat server told of it.
        case autoAccepted = "auto_accepted"
    }

    var status: Status
    /// Who asked for the chat.
    var requestedBy: String?
    var acceptedAt: Date?
    var blockedBy: String?
    /// What it was before it was blocked.
    var formerStatus: Status?
    /// Whose lists it is out of.
    var archivedBy: Set<String>
    /// Who has deleted it for themselves: it comes back to their lists with the next message.
    var deletedBy: Set<String>

    /// A chat that somebody has asked for.
    static func requested(by user: String) -> ImageKitStanding {
        var standing = ImageKitStanding([:])
        standing.status = .pending
        standing.requestedBy = user
        return standing
    }

    /// How the settings of a conversation say that it stands.
    init(_ settings: JSONValue) {
        let status = { (name: String) in settings[name]?.stringValue.flatMap(Status.init(rawValue:)) }
        self.status = status("status") ?? .autoAccepted
        requestedBy = settings["requestedBy"]?.stringValue
        acceptedAt = settings["acceptedAt"]?.integerValue.map(Date.init(milliseconds:))
        blockedBy = settings["blockedBy"]?.stringValue
        formerStatus = status("formerStatus")
        let users = { (name: String) in Set((settings[name]?.arrayValue ?? []).compactMap(\.stringValue)) }
        archivedBy = users("archivedBy")
        deletedBy = users("deletedBy")
    }

    /// The settings with this in them; what else they hold stays.
    func written(to settings: JSONValue) -> JSONValue {
        var members = settings.objectValue ?? [:]
        members["status"] = .string(status.rawValue)
        members["requestedBy"] = requestedBy.map(JSONValue.string)
        members["acceptedAt"] = acceptedAt.map { .integer($0.milliseconds) }
        members["blockedBy"] = blockedBy.map(JSONValue.string)
        members["formerStatus"] = formerStatus.map { .string($0.rawValue) }
        for (name, users) in [("archivedBy", archivedBy), ("deletedBy", deletedBy)] {
            members[name] = users.isEmpty ? nil : .array(users.sorted().map(JSONValue.string))
        }
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

    mutating func block(by user: String) throws(ChatError) {
        guard status != .blocked else { throw ChatError(.invalidRequest, "This chat is already blocked") }
        (formerStatus, status, blockedBy) = (status, .blocked, user)
    }

    mutating func unblock(by user: String) throws(ChatError) {
        guard status == .blocked else { throw ChatError(.invalidRequest, "This chat is not blocked") }
        guard blockedBy == user else { throw ChatError(.notAllowed, "Only who blocked this chat can unblock it") }
        (status, formerStatus, blockedBy) = (formerStatus ?? .autoAccepted, nil, nil)
    }
}

import ChatBridge
import Foundation
import JSON

/// What the dialect keeps in a conversation's settings.
extension Conversation {
    /// Who made it; `nil` when the chat server told of it.
    var creator: String? { settings["createdBy"]?.stringValue }

    /// What it is about.
    var groupDescription: String? { settings["description"]?.stringValue }

    /// The address of its picture.
    var avatar: String? { settings["avatarUrl"]?.stringValue }

    /// `Admin` or `Member`.
    func roleName(of user: String) -> String { role(of: user) == .admin ? "Admin" : "Member" }
}

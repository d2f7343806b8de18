import ChatBridge
import Foundation
import JSON

/// The attributes that the dialect stores in a conversation's settings.
extension Conversation {
    /// The user who created it; `nil` when the chat server provisioned it.
    var creator: String? { settings["createdBy"]?.stringValue }

    /// The description of the group.
    var groupDescription: String? { settings["description"]?.stringValue }

    /// The URL of its picture.
    var avatar: String? { settings["avatarUrl"]?.stringValue }

    /// The role of a member: `Admin` or `Member`.
    func roleName(of user: String) -> String { role(of: user) == .admin ? "Admin" : "Member" }
}

import Foundation
import JSON

/// What the dialect keeps in a conversation's settings.
extension Conversation {
    /// Who may change the group: whom it names, of those who are in it.
    var admins: Set<String> {
        get { Set(settings["admins"]?.identifiers ?? []).intersection(members) }
        set { setSetting("admins", .array(newValue.sorted().map(JSONValue.string))) }
    }

    /// Who made it; `nil` when the chat server told of it.
    var creator: String? { settings["createdBy"]?.stringValue }

    /// What it is about.
    var groupDescription: String? { settings["description"]?.stringValue }

    /// The address of its picture.
    var avatar: String? { settings["avatarUrl"]?.stringValue }

    /// `Admin` or `Member`.
    func role(of user: String) -> String { admins.contains(user) ? "Admin" : "Member" }

    mutating func setSetting(_ name: String, _ value: JSONValue?) {
        var members = settings.objectValue ?? [:]
        members[name] = value
        settings = .object(members)
    }

    /// Takes a user out. When no admin is left, the first of those who are becomes one.
    mutating func remove(_ user: String) {
        let hadAdmins = !admins.isEmpty
        members.remove(user)
        admins = admins
        if hadAdmins, admins.isEmpty, let heir = members.min() { admins = [heir] }
    }
}

public import Foundation
public import JSON

/// What the settings say of the members; the chat server may write it too: `admins`, an array of IDs, and `joined`, an object
/// of milliseconds since 1970 by ID.
extension Conversation {
    /// The members who may change the conversation and its members.
    public var admins: Set<String> {
        get { Set(settings["admins"]?.identifiers ?? []).intersection(members) }
        set { setSetting("admins", .array(newValue.sorted().map(JSONValue.string))) }
    }

    /// The role of a member.
    public func role(of user: String) -> Membership.Role { admins.contains(user) ? .admin : .member }

    /// When a member joined, as far as that is stored; else when the conversation was created.
    public func joinedAt(_ user: String) -> Date {
        settings["joined"]?[user]?.integerValue.map(Date.init(milliseconds:)) ?? createdAt
    }

    /// Sets a member of the settings; `nil` removes it.
    public mutating func setSetting(_ name: String, _ value: JSONValue?) {
        var all = settings.objectValue ?? [:]
        all[name] = value
        settings = .object(all)
    }

    /// Removes a member. When this removes the last admin, the member who joined first becomes admin; of several who joined at
    /// the same time, the one whose ID comes first.
    /// - Parameter restoresRole: whether a former admin who joins again is admin again, if there was another one meanwhile.
    public mutating func remove(_ user: String, restoresRole: Bool = false) {
        let hadAdmins = !admins.isEmpty
        members.remove(user)
        if !restoresRole, settings["admins"] != nil { admins = admins }
        guard hadAdmins, admins.isEmpty else { return }
        let successor = members.min { (joinedAt($0), $0) < (joinedAt($1), $1) }
        admins = Set([successor].compactMap(\.self))
    }
}

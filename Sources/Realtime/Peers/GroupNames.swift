/// What the groups of a hub are to the chat system.
public struct GroupNames: Sendable {
    /// A group of connections.
    public enum Group: Sendable, Hashable {
        /// The connections of a user.
        case user(String)
        /// The connections that have joined a conversation.
        case conversation(String)
    }

    /// What a group is; `nil` for a group of another kind.
    public var group: @Sendable (_ name: String) -> Group?
    /// The name of a group; `nil` where the hub has no such groups.
    public var name: @Sendable (_ group: Group) -> String?
    /// The members of a conversation: those of its group who receive what the chat server sends to it.
    public var members: @Sendable (_ conversation: String) async -> Set<String>

    /// The names of a hub's groups.
    public init(
        group: @escaping @Sendable (_ name: String) -> Group?, name: @escaping @Sendable (_ group: Group) -> String?,
        members: @escaping @Sendable (_ conversation: String) async -> Set<String>
    ) {
        self.group = group
        self.name = name
        self.members = members
    }
}

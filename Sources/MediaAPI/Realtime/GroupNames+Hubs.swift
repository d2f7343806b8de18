import Realtime

extension GroupNames {
    /// The groups of a Socket.IO hub, which are rooms.
    static func rooms(members: @escaping @Sendable (_ conversation: String) async -> Set<String>) -> GroupNames {
        GroupNames { room in
            if let user = UserRoom.user(room) { return .user(user) }
            return ConversationRoom.conversation(room).map(Group.conversation)
        } name: { group in
            switch group {
            case .user(let user): UserRoom.name(user)
            case .conversation(let conversation): ConversationRoom.name(conversation)
            }
        } members: {
            await members($0)
        }
    }

    /// The groups of a hub that knows its connections by user alone.
    static let users = GroupNames {
        .user($0)
    } name: { group in
        if case .user(let user) = group { user } else { nil }
    } members: { _ in
        []
    }
}

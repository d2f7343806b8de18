import ChatBridge

/// Reads the messages of a conversation page by page, and gives each its place in the copy.
struct ConversationReader {
    private let source: any MigrationSource
    private var conversation: MigratedConversation
    private var places: ConversationPlaces
    private var number = 0
    private var isAtEnd = false

    /// How many messages are read at once.
    static let page = 500

    init(_ conversation: MigratedConversation, of source: any MigrationSource) {
        self.source = source
        self.conversation = conversation
        places = ConversationPlaces(readUpTo: conversation.members.values.map(\.readUpTo))
    }

    /// The next messages; `nil` at the end.
    mutating func next() async throws -> [MigratedMessage]? {
        guard !isAtEnd else { return nil }
        var messages = try await source.messages(
            ofConversation: conversation.number, after: number, limit: Self.page)
        isAtEnd = messages.count < Self.page
        for index in messages.indices {
            let message = messages[index].message
            messages[index].place = places.place(of: messages[index].number, at: message.createdAt.milliseconds)
            let others = conversation.conversation.members.subtracting([message.sender])
            messages[index].counterpart = others.count == 1 ? others.first : nil
        }
        number = messages.last?.number ?? number
        conversation.lastMessage = messages.last?.message ?? conversation.lastMessage
        return messages.isEmpty ? nil : messages
    }

    /// The conversation, after all messages were read.
    mutating func completed() -> MigratedConversation {
        var completed = conversation
        for (user, member) in conversation.members {
            completed.members[user]?.readUpTo = places.readUpTo(member.readUpTo)
        }
        return completed
    }

    /// The greatest place of a message or of the conversation.
    var greatestPlace: Int { max(places.last, conversation.activity, conversation.lastSaid) }
}

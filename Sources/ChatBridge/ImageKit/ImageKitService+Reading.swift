extension ImageKitService {
    /// A page of a chat's messages, the newest on page 1, each page from the oldest to the newest; and what the chat is,
    /// `{chatId, status, participants}`.
    /// - Parameter text: only messages that have this in them.
    public func messages(
        of id: String, for caller: ChatCaller, page: Int?, limit: Int?, containing text: String? = nil
    ) async throws -> (ImageKitPage, chat: JSONValue) {
        let (page, limit) = try chat.page(page, limit: limit)
        let conversation = try await chat.conversation(id, for: caller)
        let list = try await chat.messages(
            of: id, for: caller, page: MessagePage(page: page, limit: limit, containing: text))
        let context = try await chat.context(for: list.messages, viewer: caller.id)
        let items = list.messages.map { ImageKitMessage.json($0, in: conversation, context) }
        return (
            ImageKitPage(items: items, total: list.total, page: page, limit: limit), ImageKitMessage.info(conversation)
        )
    }

    /// A chat with how many messages it has.
    public func details(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        let list = try await chat.messages(of: id, for: caller, page: MessagePage(limit: 1))
        let summary = ConversationSummary(
            conversation: try await chat.conversation(id, for: caller), lastMessage: list.messages.last,
            unreadCount: try await chat.store.unreadCount(of: caller.id, conversation: id, in: chat.dialect))
        return ImageKitMessage.json(summary, for: caller.id, messageCount: list.total)
    }

    /// The chats in which something can be said: those accepted and those the caller has asked for, but for archived
    /// ones.
    public func activeChats(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> ImageKitPage {
        try await chats(of: caller, page: page, limit: limit) { standing in
            guard !standing.archivedBy.contains(caller.id) else { return false }
            return switch standing.status {
            case .accepted, .autoAccepted: true
            case .pending: standing.requestedBy == caller.id
            case .rejected, .blocked: false
            }
        }
    }

    /// The chats that others have asked the caller for.
    public func requests(to caller: ChatCaller) async throws -> [JSONValue] {
        try await chats(of: caller, page: 1, limit: chat.rules.maximumPage) { standing in
            standing.status == .pending && standing.requestedBy != caller.id
        }.items
    }

    /// All chats of the caller, each with how many messages it has.
    /// - Parameter user: whose; nobody sees another's.
    public func history(
        of user: String, for caller: ChatCaller, page: Int?, limit: Int?, includeArchived: Bool
    ) async throws -> ImageKitPage {
        guard user == caller.id else { throw ChatError(.notAllowed, "You can only see your own chat history") }
        var history = try await chats(of: caller, page: page, limit: limit) { standing in
            includeArchived || !standing.archivedBy.contains(caller.id)
        }
        for (index, item) in history.items.enumerated() {
            guard let id = item["_id"]?.stringValue else { continue }
            let count = try await chat.store.messageCount(of: id, in: chat.dialect, viewer: caller.id)
            history.items[index] = .object((item.objectValue ?? [:]).merging(["messageCount": .integer(count)]) { $1 })
        }
        return history
    }

    private func chats(
        of caller: ChatCaller, page: Int?, limit: Int?, where isWanted: (ImageKitStanding) -> Bool
    ) async throws -> ImageKitPage {
        let (page, limit) = try chat.page(page, limit: limit)
        let (all, _) = try await chat.conversations(of: caller, page: 1, limit: limits.maximumChats)
        let wanted = all.filter { summary in
            let standing = ImageKitStanding(summary.conversation.settings)
            return isWanted(standing) && (summary.lastMessage != nil || !standing.deletedBy.contains(caller.id))
        }
        let (skipped, overflow) = (page - 1).multipliedReportingOverflow(by: limit)
        let items = wanted.dropFirst(overflow ? wanted.count : skipped).prefix(limit)
        return ImageKitPage(
            items: items.map { ImageKitMessage.json($0, for: caller.id) }, total: wanted.count, page: page, limit: limit
        )
    }
}

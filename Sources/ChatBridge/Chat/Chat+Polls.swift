public import Foundation

extension Chat {
    /// The message of a poll that the caller may see. Its ID is that of the poll.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func poll(_ id: String, for caller: ChatCaller) async throws -> ChatMessage {
        let message: ChatMessage
        do {
            message = try await presentMessage(id, for: caller)
        } catch let error as ChatError where error.code == .messageNotFound {
            throw Self.noPoll
        }
        guard message.poll != nil else { throw Self.noPoll }
        return message
    }

    /// Votes for an option of a poll. Returns its message as it is now.
    /// - Parameter outbox: the events to deliver; called only when a vote was added or moved.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed`; `invalidRequest` when the poll has ended or the vote cannot
    ///   be given; `limitReached`; `unavailable` when the store does not answer.
    public func vote(
        _ option: Int, in id: String, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        let date = timestamp
        return try await changePoll(id, by: caller, outbox: outbox) { poll in
            try poll.vote(option, by: caller.id, at: date)
        }
    }

    /// Adds an option to a poll whose settings permit that. Returns its message as it is now.
    /// - Parameters:
    ///   - maximum: the most options of a poll.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `emptyMessage`, `messageNotFound`, `notAllowed`; `invalidRequest` when the poll has ended
    ///   or has the option; `limitReached`; `unavailable` when the store does not answer.
    public func addOption(
        _ text: String, to id: String, maximum: Int, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        try checkNotEmpty(text)
        let date = timestamp
        return try await changePoll(id, by: caller, outbox: outbox) { poll in
            try poll.addOption(text, by: caller.id, at: date, maximum: maximum)
        }
    }

    /// Closes the caller's poll. Returns its message as it is now; nothing is changed or delivered if it has ended already.
    /// - Parameter outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func closePoll(
        _ id: String, by caller: ChatCaller, outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        guard try await poll(id, for: caller).poll?.creator == caller.id else {
            throw ChatError(.notAllowed, "Only its creator can close a poll")
        }
        let date = timestamp
        return try await changePoll(id, by: caller, outbox: outbox) { $0.close(by: caller.id, at: date) }
    }

    /// Ends polls whose time has ended. Each is ended, and `outbox` delivered, by one transaction, so that of several processes one does
    /// it, and a process that is killed has done it entirely or not at all. A poll that cannot be ended is put aside.
    /// - Parameters:
    ///   - due: which polls are put aside.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func expirePolls(
        _ due: DueEntries, outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws {
        let date = timestamp
        try await due.handleAll(
            failure: "poll not ended", key: { $0.id },
            read: { try await store.endedPolls(in: dialect, at: date, limit: $0) },
            handle: { message in
                let isEnded = try await expirePoll(message, at: date, outbox: outbox)
                if isEnded { wake() }
                return isEnded
            })
    }

    /// When the next poll ends by itself; `nil` where none does.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func nextPollEnd() async throws -> Date? { try await store.nextPollEnd(in: dialect) }

    /// Returns whether the poll has ended.
    private func expirePoll(
        _ message: ChatMessage, at date: Date, outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) async throws -> Bool {
        do {
            let ended = try await store.updateMessage(message.id, in: dialect, by: nil, outbox: outbox) { message in
                guard var poll = message.poll else {
                    // Nothing ends any more.
                    message.pollEnd = nil
                    return
                }
                poll.expire(at: date)
                guard poll != message.poll else { return }
                message.poll = poll
                message.updatedAt = date
            }
            return ended.pollEnd == nil
        } catch let error as ChatError where error.code == .messageNotFound {
            // It was deleted meanwhile, with its poll.
            return false
        }
    }

    private func changePoll(
        _ id: String, by caller: ChatCaller, outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        _ change: @escaping @Sendable (inout Poll) throws -> Void
    ) async throws -> ChatMessage {
        _ = try await poll(id, for: caller)
        let date = timestamp
        let message = try await self.change(id, by: caller, outbox: outbox) { message in
            guard var poll = message.poll else { throw Self.noPoll }
            try change(&poll)
            guard poll != message.poll else { return }
            message.poll = poll
            message.updatedAt = date
        }
        wake()
        return message
    }

    private static var noPoll: ChatError { ChatError(.messageNotFound, "Poll not found") }
}

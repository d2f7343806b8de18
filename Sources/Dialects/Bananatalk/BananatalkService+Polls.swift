public import ChatBridge
import Foundation
public import JSON

extension BananatalkService {
    /// Sends a poll to a conversation: `{conversationId, question, options, settings?, expiresIn?}`. Returns the poll.
    /// - Throws: ``ChatError`` with code `invalidRequest`, `conversationNotFound`, `notAllowed` or `limitExceeded`; `unavailable`
    ///   when the store does not answer.
    public func createPoll(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let request = try BananatalkPollRequest(body, limits)
        let conversation = try await chat.conversation(request.conversation, for: caller)
        let others = conversation.members.subtracting([caller.id])
        let receiver = conversation.isDirect ? others.first : nil
        var message = chat.newMessage(
            .poll, from: caller, in: conversation.id, to: receiver, text: request.question)
        let poll = Poll(
            creator: caller.id, question: request.question, options: request.options, settings: request.settings,
            expiresAt: request.expiresIn.map {
                Date(milliseconds: message.createdAt.milliseconds + Int(($0 * 1000).rounded(.up)))
            })
        message.poll = poll
        let (creator, members) = (try await chat.user(caller), conversation.members)
        guard members.count <= limits.maximumPollMembers else {
            throw ChatError(
                .invalidRequest, "A conversation with a poll has at most \(limits.maximumPollMembers) members")
        }
        let saved = try await chat.send(message, by: caller) { saved in
            BananatalkEvent.sent(saved) + BananatalkEvent.newPoll(saved.message, to: members)
        }
        pollSignal.wake()
        return BananatalkPoll.json(poll, of: saved.message, by: creator, for: caller.id)
    }

    /// A poll as the caller may see it.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func poll(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        try await render(poll: try await chat.poll(id, for: caller), for: caller.id)
    }

    /// Votes for an option: `{optionIndex}`. Returns the poll.
    /// - Throws: ``ChatError`` with code `invalidRequest`, `messageNotFound`, `notAllowed` or `limitReached`; `unavailable` when the
    ///   store does not answer.
    public func vote(_ body: JSONValue, in id: String, by caller: ChatCaller) async throws -> JSONValue {
        guard let option = body["optionIndex"]?.integerValue else {
            throw ChatError(.invalidRequest, "optionIndex is required: the index of an option")
        }
        let members = try await members(ofPoll: id, for: caller)
        let message = try await chat.vote(option, in: id, by: caller) {
            BananatalkEvent.pollVote($0, by: caller.id, to: members)
        }
        return try await render(poll: message, for: caller.id)
    }

    /// Adds an option: `{text}`. Returns the poll.
    /// - Throws: ``ChatError`` with code `invalidRequest`, `emptyMessage`, `messageNotFound`, `notAllowed` or `limitReached`;
    ///   `unavailable` when the store does not answer.
    public func addOption(_ body: JSONValue, to id: String, by caller: ChatCaller) async throws -> JSONValue {
        guard let text = try body.text("text", maximumBytes: limits.maximumPollBytes) else {
            throw ChatError(.invalidRequest, "text is required: the text of the option")
        }
        let members = try await members(ofPoll: id, for: caller)
        let message = try await chat.addOption(text, to: id, maximum: limits.maximumPollOptions, by: caller) {
            BananatalkEvent.pollOption(text, $0, by: caller.id, to: members)
        }
        return try await render(poll: message, for: caller.id)
    }

    /// Closes the caller's poll. Returns the poll.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func closePoll(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let message = try await chat.closePoll(id, by: caller) { BananatalkEvent.pollClosed($0) }
        return try await render(poll: message, for: caller.id)
    }

    private func members(ofPoll id: String, for caller: ChatCaller) async throws -> Set<String> {
        let message = try await chat.poll(id, for: caller)
        return try await chat.conversation(message.conversation, for: caller).members
    }

    /// The poll of a message as `viewer` may see it.
    func render(poll message: ChatMessage, for viewer: String) async throws -> JSONValue {
        guard let poll = message.poll else { throw chat.noMessage }
        let creator = try await chat.users([poll.creator])[poll.creator] ?? ChatUser(id: poll.creator)
        return BananatalkPoll.json(poll, of: message, by: creator, for: viewer)
    }
}

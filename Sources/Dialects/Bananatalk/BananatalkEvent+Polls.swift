import ChatBridge
import JSON

/// Events of polls, for each member. What they say of the poll is read when they are delivered, see
/// ``BananatalkService/complete(_:of:about:for:)``: stored with each of them it would be as much as all votes for every member.
extension BananatalkEvent {
    /// The event of a new poll.
    static let newPoll = "newPoll"
    /// The event of a vote.
    static let pollVoteUpdate = "pollVoteUpdate"
    /// The event of an option that was added.
    static let pollOptionAdded = "pollOptionAdded"
    /// The event of a poll that has ended.
    static let pollClosed = "pollClosed"
    /// The events that have the results of the poll.
    static let withResults: Set<String> = [pollVoteUpdate, pollOptionAdded, pollClosed]

    /// The event of a new poll.
    static func newPoll(_ message: ChatMessage, to members: Set<String>) -> [OutboxDraft] {
        drafts(newPoll, message, to: members) { _ in ["conversationId": .string(message.conversation)] }
    }

    /// The event of a vote. Who has voted is not said of an anonymous poll.
    static func pollVote(_ message: ChatMessage, by voter: String, to members: Set<String>) -> [OutboxDraft] {
        let isAnonymous = message.poll?.settings.isAnonymous ?? true
        return drafts(pollVoteUpdate, message, to: members) { user in
            [
                "pollId": .string(message.id),
                "voterId": isAnonymous && voter != user ? .null : .string(voter),
            ]
        }
    }

    /// The event of an option that was added.
    static func pollOption(
        _ text: String, _ message: ChatMessage, by user: String, to members: Set<String>
    ) -> [OutboxDraft] {
        drafts(pollOptionAdded, message, to: members) { _ in
            ["pollId": .string(message.id), "option": .string(text), "userId": .string(user)]
        }
    }

    /// The event of a poll that its creator has closed, or whose time has ended. All members may see the results then.
    static func pollClosed(_ message: ChatMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: pollClosed, message: message.id,
                payload: ["pollId": .string(message.id)])
        ]
    }

    private static func drafts(
        _ event: String, _ message: ChatMessage, to members: Set<String>, _ payload: (_ user: String) -> JSONObject
    ) -> [OutboxDraft] {
        members.sorted().map { user in
            OutboxDraft(recipient: user, event: event, message: message.id, payload: .object(payload(user)))
        }
    }
}

extension BananatalkService {
    /// The payload of an event that is delivered now: with the message that it is about as `viewer` sees it, or with the results of a
    /// poll as they may see these.
    func complete(
        _ payload: JSONObject, of event: String, about message: ChatMessage?, for viewer: String?
    ) async throws -> JSONValue {
        guard let message else { return .object(payload) }
        var payload = payload
        if BananatalkEvent.withResults.contains(event) {
            payload["results"] = message.poll.map { BananatalkPoll.results($0, for: viewer) }
        } else {
            payload["message"] = try await render(message, for: viewer)
            if event == BananatalkEvent.newPoll, let viewer {
                payload["poll"] = try await render(poll: message, for: viewer)
            }
        }
        return .object(payload)
    }
}

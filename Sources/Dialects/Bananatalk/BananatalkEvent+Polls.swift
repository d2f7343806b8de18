import ChatBridge
import JSON

/// Events of polls, for each member with the results that they may see.
extension BananatalkEvent {
    /// The event of a new poll.
    static func newPoll(_ message: ChatMessage, by creator: ChatUser, to members: Set<String>) -> [OutboxDraft] {
        drafts("newPoll", message, to: members) { poll, user in
            [
                "poll": BananatalkPoll.json(poll, of: message, by: creator, for: user),
                "conversationId": .string(message.conversation),
            ]
        }
    }

    /// The event of a vote. Who has voted is not said of an anonymous poll.
    static func pollVote(_ message: ChatMessage, by voter: String, to members: Set<String>) -> [OutboxDraft] {
        drafts("pollVoteUpdate", message, to: members) { poll, user in
            [
                "pollId": .string(message.id), "results": BananatalkPoll.results(poll, for: user),
                "voterId": poll.settings.isAnonymous && voter != user ? .null : .string(voter),
            ]
        }
    }

    /// The event of an option that was added.
    static func pollOption(
        _ text: String, _ message: ChatMessage, by user: String, to members: Set<String>
    ) -> [OutboxDraft] {
        drafts("pollOptionAdded", message, to: members) { poll, viewer in
            [
                "pollId": .string(message.id), "option": .string(text), "userId": .string(user),
                "results": BananatalkPoll.results(poll, for: viewer),
            ]
        }
    }

    /// The event of a poll that its creator has closed, or whose time has ended. All members may see the results then.
    static func pollClosed(_ message: ChatMessage) -> [OutboxDraft] {
        guard let poll = message.poll else { return [] }
        return [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: "pollClosed",
                payload: ["pollId": .string(message.id), "results": BananatalkPoll.results(poll, for: nil)])
        ]
    }

    private static func drafts(
        _ event: String, _ message: ChatMessage, to members: Set<String>,
        _ payload: (_ poll: Poll, _ user: String) -> JSONObject
    ) -> [OutboxDraft] {
        guard let poll = message.poll else { return [] }
        return members.sorted().map { user in
            OutboxDraft(
                recipient: user, event: event, message: event == "newPoll" ? message.id : nil,
                payload: .object(payload(poll, user)))
        }
    }
}

import ChatBridge
import JSON

/// Renders polls as the dialect's reference describes them.
enum BananatalkPoll {
    /// The poll of a message as `viewer` sees it: without results, and without the solution of a quiz, before they may see these.
    static func json(_ poll: Poll, of message: ChatMessage, by creator: ChatUser, for viewer: String) -> JSONValue {
        var json: JSONObject = [
            "_id": .string(message.id), "message": .string(message.id), "conversation": .string(message.conversation),
            "creator": BananatalkMessage.user(creator), "question": .string(poll.question),
            "options": options(poll, for: viewer), "settings": settings(poll, for: viewer),
            "status": .string(poll.status.rawValue), "totalVotes": .integer(poll.totalVotes),
            "uniqueVoters": .integer(poll.voters.count),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
        ]
        json["expiresAt"] = poll.expiresAt.map { .string(Timestamp.milliseconds($0)) }
        json["closedAt"] = poll.closedAt.map { .string(Timestamp.milliseconds($0)) }
        json["closedBy"] = poll.closedBy.map(JSONValue.string)
        return .object(json)
    }

    /// The results as `viewer` sees them, or with `nil` as all members do: `{options, totalVotes, uniqueVoters, status}`.
    static func results(_ poll: Poll, for viewer: String?) -> JSONValue {
        [
            "options": options(poll, for: viewer), "totalVotes": .integer(poll.totalVotes),
            "uniqueVoters": .integer(poll.voters.count), "status": .string(poll.status.rawValue),
        ]
    }

    /// `[{text, votes, voteCount}]`. Where results are not shown yet, no votes are counted; of an anonymous poll only the viewer's own
    /// votes are named.
    private static func options(_ poll: Poll, for viewer: String?) -> JSONValue {
        let isShown = poll.showsResults(to: viewer)
        return .array(
            poll.options.map { option in
                let votes = option.votes.filter { !poll.settings.isAnonymous || $0.user == viewer }
                return [
                    "text": .string(option.text), "votes": isShown ? .array(votes.map(vote)) : [],
                    "voteCount": .integer(isShown ? option.votes.count : 0),
                ]
            })
    }

    private static func vote(_ vote: Poll.Vote) -> JSONValue {
        ["user": .string(vote.user), "votedAt": .string(Timestamp.milliseconds(vote.votedAt))]
    }

    private static func settings(_ poll: Poll, for viewer: String) -> JSONValue {
        let settings = poll.settings
        var json: JSONObject = [
            "allowMultipleVotes": .bool(settings.allowMultipleVotes),
            "maxVotesPerUser": .integer(settings.maxVotesPerUser), "isAnonymous": .bool(settings.isAnonymous),
            "showResultsBeforeVote": .bool(settings.showResultsBeforeVote),
            "allowAddOptions": .bool(settings.allowAddOptions), "isQuiz": .bool(settings.isQuiz),
        ]
        // The solution would give the answer away.
        guard poll.status != .active || poll.hasVoted(viewer) else { return .object(json) }
        json["correctOptionIndex"] = settings.correctOptionIndex.map(JSONValue.integer)
        json["explanation"] = settings.explanation.map(JSONValue.string)
        return .object(json)
    }
}

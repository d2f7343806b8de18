package import ChatBridge
package import ChatDocuments

extension BananatalkDocuments {
    /// The poll of a message as a document of the reference's model `Poll`. Its message refers to it by their common ID.
    package func poll(of message: ChatMessage) -> BSONDocument? {
        guard let poll = message.poll else { return nil }
        var document: BSONDocument = [
            "_id": .identifier(message.id), "message": .identifier(message.id),
            "conversation": .identifier(message.conversation), "creator": .identifier(poll.creator),
            "question": .string(poll.question), "options": .array(poll.options.map(Self.option)),
            "settings": .document(Self.settings(poll.settings)), "status": .string(poll.status.rawValue),
            "totalVotes": .int64(poll.totalVotes), "uniqueVoters": .int64(poll.voters.count),
            "createdAt": .date(message.createdAt),
        ]
        document.set("expiresAt", poll.expiresAt.map(BSONValue.date))
        document.set("closedAt", poll.closedAt.map(BSONValue.date))
        document.set("closedBy", poll.closedBy.map(BSONValue.identifier))
        return document
    }

    /// `{text, votes: [{user, votedAt}], voteCount}`
    private static func option(_ option: Poll.Option) -> BSONValue {
        let votes = option.votes.map { vote -> BSONValue in
            ["user": .identifier(vote.user), "votedAt": .date(vote.votedAt)]
        }
        return ["text": .string(option.text), "votes": .array(votes), "voteCount": .int64(option.votes.count)]
    }

    private static func settings(_ settings: PollSettings) -> BSONDocument {
        var document: BSONDocument = [
            "allowMultipleVotes": .bool(settings.allowMultipleVotes),
            "maxVotesPerUser": .int64(settings.maxVotesPerUser), "isAnonymous": .bool(settings.isAnonymous),
            "showResultsBeforeVote": .bool(settings.showResultsBeforeVote),
            "allowAddOptions": .bool(settings.allowAddOptions), "isQuiz": .bool(settings.isQuiz),
        ]
        document.setOrNull("correctOptionIndex", settings.correctOptionIndex.map(BSONValue.int64))
        document.setOrNull("explanation", settings.explanation.map(BSONValue.string))
        return document
    }
}

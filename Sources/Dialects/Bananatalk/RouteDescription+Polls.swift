import MediaAPI
import OpenAPI

extension RouteDescription {
    static let createPoll = RouteDescription(
        "createPoll", tag, "Creates a poll, which is a message", body: .json(pollBody),
        responses: [ResponseContent(201, "The poll.", .success(pollSchema))]
    ).failing(with: .notFound)

    static let poll = changing("poll", "A poll")

    static let vote = changing(
        "vote", "Votes for an option", body: .json(.object([.required("optionIndex", .integer(0...Int.max))])))

    static let addPollOption = changing(
        "addPollOption", "Adds an option, where `allowAddOptions` is set",
        body: .json(.object([.required("text", pollText)])))

    static let closePoll = changing("closePoll", "Closes a poll; by its creator")

    private static let tag = "Polls"

    private static func changing(_ id: String, _ summary: String, body: RequestContent? = nil) -> RouteDescription {
        RouteDescription(
            id, tag, summary, parameters: [.path("poll", .id, "The poll's ID.")], body: body,
            responses: [ResponseContent(200, "The poll.", .success(pollSchema))])
    }

    private static let pollText = Schema.string(1...BananatalkLimits().maximumPollBytes)

    private static let pollBody: Schema = {
        let flag = Schema.boolean.nullable
        let settings = Schema.object([
            .optional("allowMultipleVotes", flag),
            .optional("maxVotesPerUser", Schema.integer(1...BananatalkLimits().maximumPollOptions).nullable),
            .optional("isAnonymous", flag), .optional("showResultsBeforeVote", flag),
            .optional("allowAddOptions", flag),
            .optional("isQuiz", flag), .optional("correctOptionIndex", Schema.integer(0...Int.max).nullable),
            .optional("explanation", Schema.string(0...BananatalkLimits().maximumPollBytes).nullable),
        ])
        return .object([
            .required("conversationId", .id), .required("question", pollText),
            .required("options", .array(of: pollText, 2...BananatalkLimits().maximumPollOptions)),
            .optional("settings", settings.nullable),
            .optional("expiresIn", Schema.number(0...BananatalkLimits().maximumPollTime).nullable, "In seconds."),
        ])
    }()

    private static let pollSchema: Schema = {
        let vote = Schema.object([.required("user", .string), .required("votedAt", .date)])
        let option = Schema.object([
            .required("text", .string), .required("votes", .array(of: vote)), .required("voteCount", .integer),
        ]).named("PollOption")
        let settings = Schema.object([
            .required("allowMultipleVotes", .boolean), .required("maxVotesPerUser", .integer),
            .required("isAnonymous", .boolean), .required("showResultsBeforeVote", .boolean),
            .required("allowAddOptions", .boolean), .required("isQuiz", .boolean),
            .optional("correctOptionIndex", .integer), .optional("explanation", .string),
        ]).named("PollSettings")
        return Schema.object([
            .required("_id", .string), .required("message", .string), .required("conversation", .string),
            .required("creator", .user), .required("question", .string), .required("options", .array(of: option)),
            .required("settings", settings), .required("status", .string), .required("totalVotes", .integer),
            .required("uniqueVoters", .integer), .required("createdAt", .date), .optional("expiresAt", .date),
            .optional("closedAt", .date), .optional("closedBy", .string),
        ]).named("Poll")
    }()
}

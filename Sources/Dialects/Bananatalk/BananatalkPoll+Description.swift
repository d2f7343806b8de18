import JSON
import OpenAPI

extension BananatalkPoll {
    /// What ``json(_:of:by:for:)`` returns.
    static let schema = Schema.object([
        .required("_id", .string), .required("message", .string), .required("conversation", .string),
        .required("creator", BananatalkMessage.userSchema), .required("question", .string),
        .required("options", optionsSchema), .required("settings", settingsSchema), .required("status", .string),
        .required("totalVotes", .integer), .required("uniqueVoters", .integer), .required("createdAt", .date),
        .optional("expiresAt", .date), .optional("closedAt", .date), .optional("closedBy", .string),
    ]).named("Poll")

    /// What ``results(_:for:)`` returns.
    static let resultsSchema = Schema.object([
        .required("options", optionsSchema), .required("totalVotes", .integer), .required("uniqueVoters", .integer),
        .required("status", .string),
    ]).named("PollResults")

    private static let optionsSchema = Schema.array(
        of: .object([
            .required("text", .string),
            .required("votes", .array(of: .object([.required("user", .string), .required("votedAt", .date)]))),
            .required("voteCount", .integer),
        ]))

    private static let settingsSchema = Schema.object([
        .required("allowMultipleVotes", .boolean), .required("maxVotesPerUser", .integer),
        .required("isAnonymous", .boolean), .required("showResultsBeforeVote", .boolean),
        .required("allowAddOptions", .boolean), .required("isQuiz", .boolean),
        .optional("correctOptionIndex", .integer), .optional("explanation", .string),
    ])
}

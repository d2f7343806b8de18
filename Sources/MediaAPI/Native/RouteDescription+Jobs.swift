import ChatBridge
import JSON
import Jobs
import MediaModel
import ObjectStore
import OpenAPI

extension RouteDescription {
    static let openJob = RouteDescription(
        "openJob", "Jobs", "Starts a job that makes previews of stored media again, or registers objects as media",
        details: """
            `reprocess`: `keys` goes with neither `prefix`, `kind` nor `since`; without any of them all media are processed. `import`: `prefix` or `keys`, \
            and either `owner` (with `dialect` and `kind`) or `rules`; each object that would be accepted as an upload becomes a medium where it is.
            """,
        body: .json(jobBody),
        responses: [
            ResponseContent(201, "The job.", jobSchema, headers: ["Location": .string]),
            ResponseContent(
                200, "The job of an earlier request with this key.", jobSchema, headers: ["Location": .string]),
        ])

    static let jobs = RouteDescription(
        "jobs", "Jobs", "The newest jobs", parameters: [JobRoutes.limit.parameter],
        responses: [ResponseContent(200, "The jobs.", .object([.required("jobs", .array(of: jobSchema))]))])

    static let job = RouteDescription(
        "job", "Jobs", "A job with its failures",
        parameters: [.path("id", .string, "The job's ID."), JobRoutes.failuresAfter.parameter],
        responses: [ResponseContent(200, "The job.", jobWithFailures)])

    static let cancelJob = RouteDescription(
        "cancelJob", "Jobs", "Cancels a job", parameters: [.path("id", .string, "The job's ID.")],
        responses: [ResponseContent(200, "The job; one that has ended stays as it is.", jobSchema)])

    private static let jobBody: Schema = {
        let key = Schema.string(0...ObjectKey.maximumLength)
        let kinds = MediaKind.allCases.map(\.rawValue)
        let rule = Schema.string(1...ImportRule.maximumLength)
        return Schema.object([
            .required("type", .oneOf(requestedTypes)),
            .optional("prefix", key.nullable, "Media whose keys begin so."),
            .optional("kind", Schema.oneOf(kinds).nullable, "`document` only for `import`: what objects must be."),
            .optional("since", Schema.date.nullable, "Media that were stored then or later."),
            .optional("keys", Schema.array(of: .objectKey, 1...MediaJobRequest.maximumKeys).nullable),
            .optional(
                "only", Schema.array(of: .oneOf(derivatives), 1...MediaJobRequest.maximumKeys).nullable,
                "What is made again."),
            .optional("owner", key.nullable, "The user who owns the imported media."),
            .optional("dialect", key.nullable, "The chat system in which they count as uploaded."),
            .optional(
                "rules", Schema.array(of: rule, 1...MediaJobRequest.maximumRules).nullable,
                "Whose imported objects are: lines `PATTERN OWNER [DIALECT [KIND]]`; the first that covers a key counts."
            ),
        ]).closed
    }()

    private static let requestedTypes = ["reprocess", "import"]
    private static let types = requestedTypes + ["erase", "expire"]
    private static let derivatives = Derivative.allCases.map(\.rawValue)

    private static let jobProperties: [Schema.Property] = {
        var counts: [Schema.Property] = [
            .required("total", .integer), .required("isComplete", .boolean, "Whether all media were found."),
        ]
        for state in MediaJobItem.State.allCases { counts.append(.required(state.rawValue, .integer)) }
        counts.append(
            .required(
                "bytes", .integer,
                "The size of the originals of the files that a job of the type `erase` or `expire` has deleted.")
        )
        let order = Schema.object([
            .required("prefix", Schema.string.nullable), .required("kind", Schema.string.nullable),
            .required("since", Schema.date.nullable), .required("only", .array(of: .oneOf(derivatives))),
            .required("keys", Schema.integer.nullable, "How many keys were given."),
            .required("rules", Schema.array(of: .string).nullable, "Whose the objects of an import are."),
            .required("user", Schema.string.nullable, "The user who is deleted."),
            .required(
                "expired", Schema.dictionary(of: .date).nullable,
                "Which files have expired: those of each kind that were stored before that time."),
            .required("rendition", Schema.string.nullable, "Which rendition is made."),
        ])
        return [
            .required("id", .string), .required("type", .oneOf(types + ["rendition"])),
            .required("state", .oneOf(MediaJob.State.allCases.map(\.rawValue))),
            .required("origin", .oneOf([MediaJob.Origin.service, .command, .rendition].map(\.rawValue))),
            .required("order", order), .required("counts", .object(counts)), .required("createdAt", .date),
            .required("startedAt", Schema.date.nullable), .required("endedAt", Schema.date.nullable),
        ]
    }()

    static let jobSchema = Schema.object(jobProperties).named("Job")

    private static let jobWithFailures: Schema = {
        let failure = Schema.object([
            .required("key", .string), .required("code", .string), .required("message", .string),
        ])
        return Schema.object(
            jobProperties + [
                .required("failures", .array(of: failure)),
                .required(
                    "progress", Schema.number(0...1).nullable,
                    "Of a rendition: which share of the file was read, where the node that answers makes it."),
                .required("moreFailuresAfter", Schema.integer.nullable, "`failuresAfter` of the next ones."),
            ]
        ).named("JobWithFailures")
    }()
}

import HTTPServer
import OpenAPI

extension DraftUploadRoutes {
    /// What a route of the draft does.
    func description(_ method: HTTPMethod, _ pattern: String) -> RouteDescription {
        let api = uploads.call.description
        guard pattern.hasSuffix("/:id") else {
            return method == .options ? Self.options(isUpload: false) : Self.creation(api)
        }
        var description: RouteDescription =
            switch method {
            case .options: Self.options(isUpload: true)
            case .head: Self.status
            case .patch: Self.appending(api)
            default: Self.cancelling
            }
        description.parameters.insert(.path("id", .string, "The upload's ID."), at: 0)
        return description
    }

    private static let tag = "Resumable uploads (IETF draft)"

    private static func options(isUpload: Bool) -> RouteDescription {
        RouteDescription(
            isUpload ? "draftUploadOptions" : "draftOptions", tag, "What is supported, and the limits",
            responses: [
                ResponseContent(
                    204, "They are in the header fields.", headers: ["Accept-Patch": .string, "Upload-Limit": .string])
            ])
    }

    private static let isComplete = Parameter.header(
        "Upload-Complete", .oneOf(["?1", "?0"]), isRequired: true, "Whether the body ends the file.")
    private static let length = Parameter.header(
        "Upload-Length", .string,
        "The size of the file, in bytes; ignored where it is not a whole number up to 15 digits.")
    private static let version = Parameter.header(
        "Upload-Draft-Interop-Version", .string, "8 asks for interim responses (104).")

    private static func creation(_ api: ResumableDescription) -> RouteDescription {
        let fields: [Parameter] = [
            isComplete, length, version, .header("Content-Disposition", .string, "With the `filename`."),
            .contentDigest, .reprDigest,
        ]
        return RouteDescription(
            "createDraftUpload", tag, "Begins an upload",
            details: "The response to a whole file is that of `\(api.call)`.",
            parameters: api.fields + fields,
            body: .bytes("application/octet-stream", isRequired: false),
            responses: responses(
                api, [ResponseContent(201, api.made.status == 201 ? "The upload, or what was made." : "The upload.")])
        ).validatingMedia.authorizingUpload.failing(with: .notFound, .uploadGone, .uploadLocked, .offsetMismatch)
    }

    private static func appending(_ api: ResumableDescription) -> RouteDescription {
        RouteDescription(
            "appendToDraftUpload", tag, "Appends bytes to an upload",
            details: "The response to the last bytes is that of `\(api.call)`.",
            parameters: [
                .header("Upload-Offset", .integer(0...Int.max), isRequired: true, "Where the bytes belong."),
                isComplete, length, version, .contentDigest,
            ],
            body: .bytes(DraftUploadRequest.contentType, isRequired: false),
            responses: responses(
                api, [ResponseContent(204, "The bytes are stored.", headers: ["Upload-Complete": .string])])
        ).validatingMedia.failing(with: .unsupportedContentType, .uploadGone, .uploadLocked, .offsetMismatch)
    }

    /// The responses, and that of the ordinary call.
    private static func responses(
        _ api: ResumableDescription, _ own: [ResponseContent]
    ) -> [ResponseContent] {
        own.contains { $0.status == api.made.status } ? own : [api.made] + own
    }

    private static let status = RouteDescription(
        "draftUploadStatus", tag, "How far an upload is; a request that still sends bytes is ended",
        responses: [
            ResponseContent(
                204, "The upload.",
                headers: ["Upload-Offset": .string, "Upload-Complete": .string, "Upload-Limit": .string])
        ]
    ).failing(with: .uploadGone, .uploadLocked)

    private static let cancelling = RouteDescription(
        "cancelDraftUpload", tag, "Cancels an upload",
        responses: [ResponseContent(204, "The upload is cancelled.")]
    ).failing(with: .uploadGone, .uploadLocked)
}

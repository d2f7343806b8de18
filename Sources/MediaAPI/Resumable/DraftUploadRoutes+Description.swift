import HTTPServer
import OpenAPI

extension DraftUploadRoutes {
    /// What a route of the draft does, for the native API.
    static func description(_ method: HTTPMethod, _ pattern: String) -> RouteDescription {
        guard pattern.hasSuffix("/:id") else { return method == .options ? options(isUpload: false) : creation }
        var description: RouteDescription =
            switch method {
            case .options: options(isUpload: true)
            case .head: status
            case .patch: appending
            default: cancelling
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

    private static let creation = RouteDescription(
        "createDraftUpload", tag, "Begins an upload",
        details: "The response to a whole file is that of `POST /v1/media`.",
        parameters: [
            .query("kind", .oneOf(RequestedKind.names), "What kind of file it has to be; any may be a document."),
            isComplete, length, version,
            .header("Content-Disposition", .string, "With the `filename`."),
        ],
        body: .bytes("application/octet-stream", isRequired: false),
        responses: [ResponseContent(201, "The upload, or the medium.")]
    ).validatingMedia.authorizingUpload.failing(with: .notFound, .uploadGone, .uploadLocked, .offsetMismatch)

    private static let appending = RouteDescription(
        "appendToDraftUpload", tag, "Appends bytes to an upload",
        details: "The response to the last bytes is that of `POST /v1/media`.",
        parameters: [
            .header("Upload-Offset", .integer(0...Int.max), isRequired: true, "Where the bytes belong."),
            isComplete, length, version,
        ],
        body: .bytes(DraftUploadRequest.contentType, isRequired: false),
        responses: [
            ResponseContent(201, "The medium."),
            ResponseContent(204, "The bytes are stored.", headers: ["Upload-Complete": .string]),
        ]
    ).validatingMedia.failing(with: .unsupportedContentType, .uploadGone, .uploadLocked, .offsetMismatch)

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

import HTTPServer
import OpenAPI

extension TusRoutes {
    /// What a route of the protocol does.
    func description(_ method: HTTPMethod, _ pattern: String) -> RouteDescription {
        let isUpload = pattern.hasSuffix("/:id")
        var description = base(method, isUpload: isUpload)
        if isUpload { description.parameters.insert(.path("id", .string, "The upload's ID."), at: 0) }
        guard method != .options, method != .get else { return description }
        description.parameters.append(
            .header("Tus-Resumable", .oneOf([Self.version]), isRequired: true, "The version of the protocol."))
        return description.failing(with: .unsupportedVersion, .clientGone)
    }

    private func base(_ method: HTTPMethod, isUpload: Bool) -> RouteDescription {
        switch (method, isUpload) {
        case (.options, _):
            RouteDescription(
                isUpload ? "uploadOptions" : "resumableOptions", Self.tag,
                "Version, extensions and limits of the protocol",
                responses: [ResponseContent(204, "They are in the header fields.", headers: Self.optionFields)])
        case (.post, false): Self.creation(uploads.call.description)
        case (.get, _): reading
        case (.head, _):
            RouteDescription(
                "resumableStatus", Self.tag, "How far an upload is; a request that still sends bytes is ended",
                responses: [ResponseContent(200, "The upload.", headers: ["Upload-Offset": .string])]
            ).failing(with: .uploadGone, .uploadLocked)
        case (.patch, _): Self.appending("appendToUpload", "Appends bytes to an upload")
        case (.delete, _):
            RouteDescription(
                "cancelResumableUpload", Self.tag, "Cancels an upload",
                responses: [ResponseContent(204, "The upload is cancelled.")]
            ).failing(with: .uploadGone, .uploadLocked)
        default: Self.overridden
        }
    }

    /// A chat system answers as the ordinary call does once all bytes are there.
    private var reading: RouteDescription {
        let isNative = uploads.dialect == ResumableUploads.native
        let underway = ResponseContent(isNative ? 200 : 202, "The upload.", Self.upload)
        return RouteDescription(
            "resumableUpload", Self.tag, "How far an upload is, as JSON; without ending a request that sends bytes",
            responses: isNative ? [underway] : [uploads.call.description.made, underway]
        ).failing(with: .uploadGone)
    }

    private static let tag = "Resumable uploads"

    private static let optionFields: [String: Schema] = [
        "Tus-Resumable": .string, "Tus-Version": .string, "Tus-Extension": .string, "Tus-Max-Size": .string,
        "Tus-Checksum-Algorithm": .string,
    ]

    private static let checksum = Parameter.header(
        "Upload-Checksum", .string, "An algorithm and the checksum of the bytes, in Base64.")

    private static func creation(_ api: ResumableDescription) -> RouteDescription {
        RouteDescription(
            "createResumableUpload", tag, "Begins an upload",
            details: """
                `Upload-Metadata` has the fields of `\(api.call)`: \(api.fieldNames). The whole file is compared with `sha256`, in hexadecimal digits.
                """,
            parameters: [
                .header("Upload-Length", .integer(0...Int.max), "The size of the file, in bytes."),
                .header("Upload-Defer-Length", .oneOf(["1"]), "The size is said later."),
                .header("Upload-Metadata", .string, "Keys with values in Base64."),
                .header("Upload-Concat", .string, "`partial`, or `final;` and the URLs of partial uploads."), checksum,
                .contentDigest, .reprDigest,
            ],
            body: .bytes(TusRequest.contentType, isRequired: false),
            responses: [
                ResponseContent(
                    201, "The upload.", headers: ["Location": .string, "Tus-Resumable": .string])
            ]
        ).validatingMedia.authorizingUpload.failing(
            with: .unsupportedContentType, .checksumMismatch, .notFound, .uploadGone, .uploadLocked, .offsetMismatch)
    }

    private static func appending(_ id: String, _ summary: String) -> RouteDescription {
        RouteDescription(
            id, tag, summary,
            parameters: [
                .header("Upload-Offset", .integer(0...Int.max), isRequired: true, "Where the bytes belong."),
                .header("Upload-Length", .integer(0...Int.max), "The size of the file, where it was deferred."),
                checksum,
            ],
            body: .bytes(TusRequest.contentType),
            responses: [
                ResponseContent(204, "The bytes are stored.", headers: ["Upload-Offset": .string])
            ]
        ).validatingMedia.failing(
            with: .unsupportedContentType, .checksumMismatch, .uploadGone, .uploadLocked, .offsetMismatch)
    }

    /// A POST that names its method in a field, for clients behind proxies that know no PATCH.
    private static let overridden: RouteDescription = {
        let patch = appending("", "")
        return RouteDescription(
            "overriddenMethod", tag, "PATCH, HEAD or DELETE, which X-HTTP-Method-Override names",
            parameters: [
                .header(
                    "X-HTTP-Method-Override", .oneOf(["PATCH", "HEAD", "DELETE"]), isRequired: true, "The method.")
            ],
            body: .bytes(TusRequest.contentType, isRequired: false),
            responses: [
                ResponseContent(200, "The status of an upload."),
                ResponseContent(204, "The bytes are stored, or the upload is cancelled."),
            ], errors: patch.errors
        ).failing(with: .methodNotAllowed)
    }()

    private static let upload = Schema.object([
        .required("id", .string), .required("owner", .string), .required("offset", .integer),
        .required("length", Schema.integer.nullable), .required("media", Schema.string.nullable, "The medium's ID."),
        .required("createdAt", .date), .required("expiresAt", .date),
    ]).named("ResumableUpload")
}

import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    static let uploadMedia = RouteDescription(
        "uploadMedia", tag, "Uploads a file for a chat",
        body: .form(.object([.required("file", .file), .required("chatId", .id, "The chat that it is for.")])),
        responses: [.uploadedMedia]
    ).validatingMedia.failing(with: .notFound)

    static let uploadSeveral = RouteDescription(
        "uploadSeveral", tag, "Uploads files for a chat; 200 whether or not all were accepted",
        body: .form(
            .object([
                .required("files", .array(of: .file, 1...ImageKitLimits().maximumFiles), "Also as `files[]`."),
                .required("chatId", .id, "The chat that they are for."),
            ])),
        responses: [
            ResponseContent(
                200, "The files that were accepted, and what was wrong with the others.",
                .success(
                    .array(of: .uploadedMedia),
                    [
                        .required("success", .boolean, "Whether one was accepted."),
                        .required("errors", .array(of: failure)), .required("summary", summary),
                    ]))
        ]
    ).validatingMedia.failing(with: .notFound)

    static let uploadToken = RouteDescription(
        "uploadToken", tag, "A token for one upload by ImageKit's own API",
        responses: [
            ResponseContent(
                200, "The token.",
                .success(
                    .object([
                        .required("token", .string), .required("expire", .integer, "In seconds since 1970."),
                        .required("signature", .string), .required("publicKey", .string),
                        .required("urlEndpoint", .string),
                    ]), succeeded))
        ])

    static let mediaMetadata = RouteDescription(
        "mediaMetadata", tag, "What was measured of a file",
        details: "For its uploader, and members of a chat in which it was sent.",
        parameters: [.path("fileId", .id, "The file's ID.")],
        responses: [ResponseContent(200, "The metadata.", .success(.metadata, succeeded))])

    static let deleteMedia = RouteDescription(
        "deleteMedia", tag, "Deletes a file, also from the messages that show it; by its uploader",
        body: .json(.object([.required("fileId", .string)])),
        responses: [ResponseContent(200, "It is deleted.", .success(nil, succeeded))]
    ).failing(with: .notFound)

    private static let tag = "Media"

    fileprivate static let succeeded: [Schema.Property] = [.required("success", .constant(true))]

    private static let failure = Schema.object([
        .required("fileName", Schema.string.nullable), .required("message", .string), .required("error", .string),
    ])

    private static let summary = Schema.object([
        .required("totalAttempted", .integer), .required("successful", .integer), .required("failed", .integer),
    ])
}

extension ResponseContent {
    /// A file that was uploaded for a chat.
    static let uploadedMedia = ResponseContent(
        200, "The file.", .success(.uploadedMedia, RouteDescription.succeeded))
}

extension Schema {
    /// What was measured of a file.
    static let metadata = Schema.object([
        .required("size", .integer, "In bytes."), .required("format", .string),
        .required("width", integer.nullable, "In pixels."), .required("height", integer.nullable, "In pixels."),
        .required("exif", .anyObject, "It is empty."), .optional("hasColorProfile", .boolean),
        .optional("hasTransparency", .boolean), .optional("density", .integer, "In pixels per inch."),
        .optional("duration", .integer, "In seconds."), .optional("bitRate", .integer, "In kbit/s."),
        .optional("videoCodec", .string), .optional("audioCodec", .string),
    ]).named("Metadata")
}

import JSON
import MediaModel
import ObjectStore
import OpenAPI

extension RouteDescription {
    static let addMedium = RouteDescription(
        "addMedium", "Media", "Adds a medium",
        details: """
            A form uploads a file. JSON names one in the object store: `upload`, a direct upload, which is validated and \
            published; or `key`, an object that others have written, which is registered where it is.
            """,
        parameters: [.contentDigest, .reprDigest],
        body: RequestContent.form(mediumForm).or(.json(mediumBody)),
        responses: [
            ResponseContent(201, "The medium.", mediumSchema, headers: ["Location": .string]),
            ResponseContent(
                200, "The medium that the object is already.", mediumSchema, headers: ["Location": .string]),
        ]
    ).validatingMedia.authorizingUpload.failing(with: .notFound)

    static let media = RouteDescription(
        "media", "Media", "Media of the native API and of uploads that are no message's, the newest first",
        parameters: [
            .query("owner", .identifier, "The user whom they belong to.")
        ] + listParameters,
        responses: [
            ResponseContent(
                200, "The media.",
                .object([
                    .required("media", .array(of: mediumSchema)),
                    .required("moreAfter", Schema.string.nullable, "`after` of the next page."),
                ]))
        ])

    static let userFiles = RouteDescription(
        "userFiles", "Media",
        "The files that media and messages of a user show, the newest first, and how much they are",
        details:
            "A file that several of them show is listed once. One that is shared with other users is in the list of each.",
        parameters: [.path("id", .identifier, "The user's ID.")] + listParameters,
        responses: [
            ResponseContent(
                200, "The files.",
                .object([
                    .required("usage", usage, "Of all files of the user."), .required("files", .array(of: userFile)),
                    .required("moreAfter", Schema.string.nullable, "`after` of the next page."),
                ]))
        ])

    private static let usage = Schema.object([
        .required("items", .integer, "How many files."), .required("bytes", .integer, "The size of the originals."),
    ]).named("MediaUsage")

    private static let userFile = Schema.object([
        .required("key", .string), .required("kind", .oneOf(kinds)),
        .required("dialect", Schema.string.nullable, "The chat system; `null` for the native API."),
        .required("fileSize", .integer, "In bytes."), .required("url", .url),
        .required("uses", .integer, "How many media and messages of the user show it."),
        .required("createdAt", .date),
    ]).named("UserFile")

    private static let listParameters: [Parameter] = [
        .query("kind", .oneOf(kinds), "What they are."),
        .query("dialect", .identifier, "The chat system in which they were uploaded; `native` for the native API."),
        .query("since", .date, "The earliest creation."),
        .query("before", .date, "The end of the time of creation, which is not in it."),
        .query("after", .string, "`moreAfter` of the page before."), MediaListRequest.limit.parameter,
    ]

    static let medium = RouteDescription(
        "medium", "Media", "A medium, with new URLs", parameters: [.path("id", .string, "The medium's ID.")],
        responses: [ResponseContent(200, "The medium.", mediumSchema)])

    static let deleteMedium = RouteDescription(
        "deleteMedium", "Media", "Deletes a medium and its objects",
        parameters: [.path("id", .string, "The medium's ID.")],
        responses: [ResponseContent(204, "The medium is deleted.")])

    static let openUpload = RouteDescription(
        "openUpload", "Media", "Makes a URL by which a file is written to the object store",
        details: "PUT the file to `url` with the `headers`; then add the medium by `POST /v1/media`.",
        body: .json(
            .object([
                .required("contentType", .string(1...128), "The media type of the file."),
                .required("size", .integer(1...Int.max), "The size of the file, in bytes."),
                .optional("name", Schema.string(0...1024).nullable, "The name of the file."),
            ])),
        responses: [ResponseContent(201, "The upload.", upload)]
    ).authorizingUpload.failing(with: .limitExceeded, .mediaTooLarge, .mediaUnsupported)

    static let inspect = RouteDescription(
        "inspect", "Media", "Validates an object of the store; nothing is stored",
        body: .json(.object([.required("key", .objectKey, "The key of the object.")])),
        responses: [ResponseContent(200, "What the object is.", inspection)]
    ).validatingMedia.failing(with: .notFound)

    private static let kinds = MediaKind.allCases.map(\.rawValue)

    private static let mediumForm = Schema.object(fileProperties + RequestedLimits.formProperties)

    private static let fileProperties: [Schema.Property] = [
        .required("file", .file),
        .optional("kind", .oneOf(RequestedKind.names), "What kind of file it has to be; any may be a document."),
        .optional(
            RequestedRemoval.field, .oneOf(RequestedRemoval.names),
            "Which metadata are removed from the file, in place of `DARKROOM_STRIP_METADATA`. It precedes the file."),
    ]

    private static let mediumBody = Schema.any(of: [
        .object(uploadProperties + RequestedLimits.bodyProperties),
        .object(objectProperties + RequestedLimits.bodyProperties),
    ])

    private static let uploadProperties: [Schema.Property] = [
        .required("upload", .string, "The ID that `POST /v1/uploads` gave."),
        .optional(
            RequestedRemoval.field, Schema.oneOf(RequestedRemoval.names).nullable,
            "Which metadata are removed from the file, in place of `DARKROOM_STRIP_METADATA`."),
    ]

    private static let objectProperties: [Schema.Property] = [
        .required("key", .objectKey, "The key of the object."),
        .optional("kind", Schema.oneOf(kinds).nullable, "What kind of file it has to be."),
    ]

    private static let dimensions = Schema.object([.required("width", .integer), .required("height", .integer)])

    static let mediumSchema = Schema.object(
        [.required("id", .string)] + mediumProperties
    ).named("Medium")

    /// The members of a medium but its ID.
    static let mediumProperties: [Schema.Property] = [
        .required("owner", .string, "The user, or the name of the service."),
        .required("kind", .oneOf(kinds)), .required("url", .url), .required("thumbnail", Schema.url.nullable),
        .optional("thumbnailAbsence", Schema.string.nullable, "Why there is no thumbnail."),
        .required("mimeType", .string), .required("fileSize", .integer, "In bytes."),
        .required("sha256", Schema.string.nullable, "Of what is stored."),
        .required("sourceSha256", Schema.string.nullable, "Of what was sent."),
        .required("duration", Schema.number.nullable, "In seconds."),
        .required("originalName", Schema.string.nullable),
        .required("waveform", Schema.array(of: .number(0...1)).nullable, "Peaks."),
        .required("waveforms", waveforms.nullable, "The same peaks in the encodings of other chat systems."),
        .required("blurHash", Schema.string.nullable), .required("dimensions", dimensions.nullable, "In pixels."),
        .required(
            "metadataRemoved", Schema.oneOf(RemovedMetadata.allCases.map(\.rawValue)).nullable,
            "Which metadata were removed before the file was stored; `null` where none were to be."),
        .required("renditions", .array(of: Rendition.schema), "Versions that other players can play."),
        .required("createdAt", .date),
    ]

    private static let waveforms = Schema.object([
        .required("telegram", .string, "Base64 of 100 values of 5 bits."),
        .required("discord", .string, "Base64 of at most 256 bytes."),
        .required("matrix", .array(of: .integer(0...1024), 30...120)),
    ])

    private static let upload = Schema.object([
        .required("id", .string), .required("method", .constant("PUT")), .required("url", .url),
        .required("headers", .dictionary(of: .string), "The header fields that the request has to have."),
        .required("expiresAt", .date),
    ]).named("Upload")

    private static let inspection = Schema.object([
        .required("key", .string), .required("kind", .oneOf(kinds)), .required("mimeType", .string),
        .required("duration", Schema.number.nullable, "In seconds."),
        .required("dimensions", dimensions.nullable, "In pixels."),
        .required("waveform", Schema.array(of: .number(0...1)).nullable), .required("hasThumbnail", .boolean),
        .required("thumbnailAbsence", Schema.string.nullable),
        .required(
            "streams", .array(of: .object([.required("type", .string), .required("codec", .string)]))),
    ]).named("Inspection")
}

extension Schema {
    /// The key of an object.
    static let objectKey = Schema.string(
        1...ObjectKey.maximumLength, pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
    ).named("ObjectKey")
}

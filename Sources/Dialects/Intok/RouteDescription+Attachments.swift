import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    private static let tag = "Attachments"

    static let requestUpload = RouteDescription(
        "requestUpload", tag, "Makes a URL by which a file is written to the object store",
        details:
            "PUT the file there, with exactly that type and size; then send it by `message:send`, which validates it.",
        body: .json(
            .object([
                .required("fileName", .string(1...Int.max)), .required("contentType", .string(1...Int.max)),
                .required("fileSize", .integer(1...IntokLimits().maximumAttachmentBytes), "In bytes."),
                .required("conversationId", .string(1...Int.max)),
            ])),
        responses: [
            ResponseContent(
                200, "The upload.",
                .object([
                    .required("attachmentId", .string), .required("uploadUrl", .string), .required("key", .string),
                    .required("category", Schema.string.nullable), .required("expiresIn", .integer, "In seconds."),
                ]))
        ]
    ).failing(with: .mediaUnsupported, .mediaTooLarge, .limitExceeded, .notFound)

    static let requestDownload = RouteDescription(
        "requestDownload", tag, "Makes a URL from which a file is read",
        parameters: [
            .query("key", .string(1...Int.max), isRequired: true, "`key` or `thumbnailKey` of an attachment.")
        ],
        responses: [
            ResponseContent(
                200, "The URL.",
                .object([.required("downloadUrl", .string), .required("expiresIn", .integer, "In seconds.")]))
        ]
    ).failing(with: .badRequest, .missingField, .forbidden, .notFound)
}

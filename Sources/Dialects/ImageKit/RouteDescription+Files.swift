import JSON
import MediaAPI
import OpenAPI

/// The routes of ImageKit's own API.
extension RouteDescription {
    static let uploadFile = RouteDescription(
        "uploadFile", tag, "Uploads a file as ImageKit's upload API does",
        details: """
            With the private key as the user of HTTP basic authentication, or with `publicKey`, `token`, `expire` and `signature`. \
            Other fields of ImageKit's are accepted and ignored.
            """,
        body: .form(
            .object([
                .required("file", .file, "A file, or its bytes in Base64 or as a data URL."),
                .required("fileName", .id, "What it is to be called."),
                .optional("useUniqueFileName", flag, "Without it true."), .optional("folder", .string),
                .optional("tags", .string, "A JSON array, or separated by commas."), .optional("isPrivateFile", flag),
                .optional("customCoordinates", .string, "`x,y,width,height`."),
                .optional("customMetadata", .string, "A JSON object."), .optional("description", .string),
                .optional("responseFields", .string, "The members beside the usual ones, separated by commas."),
                .optional("publicKey", .string), .optional("token", .string), .optional("expire", .string),
                .optional("signature", .string),
            ])),
        responses: [ResponseContent(200, "The file.", uploaded)]
    ).validatingMedia.withPrivateKey.failing(with: .idempotencyKeyReused, .requestUnderway)

    static let fileDetails = RouteDescription(
        "fileDetails", tag, "ImageKit's details of a file; with the private key", parameters: [.file],
        responses: [ResponseContent(200, "The details.", details)]
    ).withPrivateKey

    static let fileMetadata = RouteDescription(
        "fileMetadata", tag, "What was measured of a file; with the private key", parameters: [.file],
        responses: [ResponseContent(200, "The metadata.", .metadata)]
    ).withPrivateKey

    static let deleteFile = RouteDescription(
        "deleteFile", tag, "Deletes a file; with the private key", parameters: [.file],
        responses: [ResponseContent(204, "It is deleted.")]
    ).withPrivateKey.failing(with: .readOnly)

    private static let tag = "ImageKit's API"

    private static let flag = Schema.oneOf(["", "true", "false", "1", "0"])

    private var withPrivateKey: RouteDescription { failing(with: .unauthorized, .forbidden) }

    private static let common: [Schema.Property] = [
        .required("fileId", .string), .required("name", .string), .required("filePath", .string),
        .required("url", .url), .required("size", .integer, "In bytes."),
        .required("fileType", .oneOf(["image", "non-image"])), .required("AITags", .constant(.null)),
        .required("tags", Schema.array(of: .string).nullable), .required("isPrivateFile", .boolean),
        .required("customCoordinates", Schema.string.nullable),
        .required("versionInfo", .object([.required("id", .string), .required("name", .string)])),
        .optional("description", .string), .optional("height", .integer, "In pixels."),
        .optional("width", .integer, "In pixels."), .optional("duration", .integer, "In seconds."),
    ]

    private static let uploaded = Schema.object(
        common + [
            .required("thumbnailUrl", .url), .optional("metadata", .metadata),
            .optional("embeddedMetadata", .anyObject), .optional("isPublished", .boolean),
            .optional("customMetadata", .anyObject),
        ]
    ).named("UploadedFile")

    private static let details = Schema.object(
        common + [
            .required("type", .constant("file")), .required("thumbnail", .url), .required("mime", .string),
            .required("isPublished", .boolean), .required("customMetadata", .anyObject),
            .required("embeddedMetadata", .anyObject), .required("createdAt", .date), .required("updatedAt", .date),
        ]
    ).named("File")
}

extension Parameter {
    /// The file of a path.
    fileprivate static let file = Parameter.path("fileId", .id, "The file's ID.")
}

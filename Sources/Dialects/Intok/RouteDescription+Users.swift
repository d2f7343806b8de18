import ChatBridge
import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    private static let tag = "Users"
    private static let changed = ResponseContent(200, "The user.", .shownUser)
    private static let success = ResponseContent(200, "It is done.", .object([.required("success", .constant(true))]))

    static let me = RouteDescription("me", tag, "The caller", responses: [changed]).failing(with: .notFound)

    static let searchUsers = RouteDescription(
        "searchUsers", tag, "Users whose name or e-mail address contains a text, without the caller",
        parameters: [
            .query("q", .string(UserSearch.minimumLength...Int.max), isRequired: true, "The text.")
        ],
        responses: [
            ResponseContent(
                200, "The users.",
                .object([.required("users", .array(of: .foundUser, 0...IntokLimits().maximumUsersFound))]))
        ]
    ).failing(with: .badRequest, .missingField)

    static let updateProfile = RouteDescription(
        "updateProfile", tag, "Changes the caller's name or picture",
        body: .json(
            .object([
                .optional("username", Schema.username.nullable),
                .optional("avatarUrl", Schema.string(1...2048).nullable),
            ])), responses: [changed]
    ).failing(with: .notFound)

    static let updateLanguage = RouteDescription(
        "updateLanguage", tag, "Changes the language that the caller reads",
        body: .json(.object([.required("preferredLanguage", .language)])), responses: [changed]
    ).failing(with: .notFound)

    static let updateCountry = RouteDescription(
        "updateCountry", tag, "Changes the caller's country",
        body: .json(.object([.required("preferredCountry", .country)])), responses: [changed]
    ).failing(with: .notFound)

    static let registerDevice = RouteDescription(
        "registerDevice", tag, "Registers a device for push notifications; one of another user is reassigned",
        body: .json(
            .object([
                .required("token", .string(1...IntokLimits().maximumDeviceTokenBytes)),
                .required("platform", .oneOf(["ios", "android"])),
            ])), responses: [success])

    static let unregisterDevice = RouteDescription(
        "unregisterDevice", tag, "Removes a device of the caller; without a token all of them",
        body: .json(.object([.optional("token", Schema.string.nullable)]), isRequired: false), responses: [success])

    static let requestPictureUpload = RouteDescription(
        "requestPictureUpload", tag, "Makes a URL by which a profile picture is written to the object store",
        body: .json(
            .object([
                .required("contentType", .string(1...Int.max), "JPEG, PNG or WebP."),
                .required("fileSize", .integer(1...IntokLimits().maximumPictureBytes), "In bytes."),
            ])),
        responses: [
            ResponseContent(
                200, "PUT the file there, with exactly that type and size.",
                .object([
                    .required("uploadUrl", .string), .required("key", .string),
                    .required("expiresIn", .integer, "In seconds."),
                ]))
        ]
    ).failing(with: .mediaUnsupported, .mediaTooLarge, .limitExceeded)

    static let setPicture = RouteDescription(
        "setPicture", tag, "Makes an uploaded file the caller's profile picture",
        body: .json(.object([.required("key", .string(1...Int.max))])),
        responses: [
            ResponseContent(
                200, "The user, with a permanent URL.",
                .object([.required("user", .user), .required("profilePicture", Schema.string.nullable)]))
        ]
    ).validatingMedia.failing(with: .notFound, .forbidden)

    static let deletePicture = RouteDescription(
        "deletePicture", tag, "Deletes the caller's profile picture", responses: [changed]
    ).failing(with: .notFound)

    static let profilePicture = RouteDescription(
        "profilePicture", tag, "A profile picture, at its permanent URL",
        parameters: [.path("user", .string, "The user's ID."), .path("file", .string, "The name of the file.")],
        responses: [
            ResponseContent(302, "It is at another URL.", headers: ["Location": .string, "Cache-Control": .string])
        ]
    ).failing(with: .notFound)
}

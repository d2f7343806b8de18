import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    private static let tag = "Accounts"

    static let register = RouteDescription(
        "register", tag, "Makes an account", details: "With a service token also where registration is closed.",
        body: .json(
            .object([
                .required("email", .email), .required("password", Schema.password.with(["minLength": 6])),
                .required("username", .username), .optional("preferredLanguage", Schema.language.nullable),
                .optional("preferredCountry", Schema.country.nullable),
            ])), responses: [ResponseContent(201, "The user, who is logged in.", .session)]
    ).failing(with: .forbidden, .readOnly)

    static let login = RouteDescription(
        "login", tag, "Logs a user in",
        body: .json(.object([.required("email", .email), .required("password", .password)])),
        responses: [ResponseContent(200, "The user, who is logged in.", .session)]
    ).failing(with: .unauthorized, .readOnly)

    static let oauth = RouteDescription(
        "oauth", tag, "Logs in a user whom another provider knows, and makes an account for one who has none",
        body: .json(
            .object([
                .required("provider", .oneOf(["google", "apple"])), .required("providerId", .string(1...255)),
                .required("email", .email), .optional("name", Schema.string(0...256).nullable),
                .optional("avatarUrl", Schema.string(0...2048).nullable),
                .optional("idToken", Schema.string.nullable, "What the provider has signed; not with a service token."),
            ])), responses: [ResponseContent(200, "The user, who is logged in.", .session)]
    ).failing(with: .forbidden, .notFound, .readOnly)

    static let checkEmail = RouteDescription(
        "checkEmail", tag, "Whether there is an account with an address",
        body: .json(.object([.required("email", .email)])),
        responses: [
            ResponseContent(
                200, "Whether there is one.", .object([.required("exists", .boolean), .required("email", .string)]))
        ])

    static let refresh = RouteDescription(
        "refresh", tag, "Exchanges a refresh token, which cannot be used again, for new tokens",
        body: .json(.object([.required("refreshToken", .string(1...Int.max))])),
        responses: [ResponseContent(200, "The user with new tokens.", .session)]
    ).failing(with: .unauthorized, .readOnly)
}

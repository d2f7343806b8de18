import ChatBridge
import DescriptionExamples
import HTTPServer
package import JSON
import OpenAPI

/// The descriptions of the APIs of a service: of the native API and of each dialect, made of the routes as they were added.
package struct ServiceDescriptions: Sendable {
    /// The name of the native API.
    package static let native = "native"

    /// An API: its routes and the path below which they are.
    package struct API: Sendable {
        /// The name: `native`, or that of a dialect.
        package let name: String
        /// The path before those of the routes; empty for the native API.
        package let prefix: String
        /// Whether the routes are also at the root.
        let isAtRoot: Bool
        /// The routes, with their full patterns.
        package let routes: [RegisteredRoute]
        /// The envelope of the errors of routes that have none of their own.
        let errors: any ErrorEnvelope
    }

    /// The APIs, the native one first.
    package let apis: [API]
    private let publicURL: String
    private let version: String

    init(_ apis: [API], publicURL: String, version: String) {
        self.apis = apis
        self.publicURL = publicURL
        self.version = version
    }

    /// The description of an API (OpenAPI 3.1); `nil` where no API is called so.
    package func document(_ name: String) -> JSONValue? {
        guard let api = apis.first(where: { $0.name == name }) else { return nil }
        var description = APIDescription(
            title: name == Self.native ? "Darkroom" : "Darkroom: \(name)", version: version, text: Self.text(of: name),
            servers: [publicURL + api.prefix] + (api.isAtRoot ? [publicURL] : []), security: Self.security,
            examples: DescriptionExamples.examples(of: name))
        for route in api.routes {
            guard let method = route.method, let described = route.description else { continue }
            description.add(
                method.rawValue, String(route.pattern.dropFirst(api.prefix.count)),
                described.completed(route, envelope: route.errors ?? api.errors), security: route.access.scheme)
        }
        if name == Self.native {
            for kind in WebhookKind.allCases { description.addWebhook(kind.rawValue, .delivery(of: kind)) }
            description.addWebhook(UploadQuestion.type, .uploadAuthorization)
        }
        return description.json
    }

    private static func text(of name: String) -> String {
        name == native
            ? "The API by which a chat server uploads and administers. It takes a service token; errors are problem details (RFC 9457)."
            : "The API of the chat system \(name). It takes a user's token, or a service token and the user in `X-On-Behalf-Of`."
    }

    /// How callers are authenticated, by name.
    static let security: [String: JSONValue] = [
        "serviceToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A token with the scope `service`.",
        ],
        "userToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A user's token, or one with the scope `service` and the user in `X-On-Behalf-Of`.",
        ],
    ]
}

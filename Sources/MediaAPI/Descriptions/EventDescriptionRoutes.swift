import HTTPServer
import JSON
import OpenAPI

/// `GET /asyncapi.json` of the webhooks and of each dialect. The descriptions hold no secrets and need no token.
struct EventDescriptionRoutes: Sendable {
    static let path = "/asyncapi.json"

    let descriptions: EventDescriptions
    let limits: RequestLimits

    /// Adds the route of an API.
    func mount(on routes: inout Routes, _ name: String, prefix: String = "") {
        guard let document = descriptions.document(name)?.encoded() else { return }
        let limits = limits
        routes.on(.get, prefix + Self.path, .eventDescription, access: .open) { request, _ in
            try await limits.admit(addressOf: request)
            return HTTPResponse(
                headers: ["Cache-Control": "public, max-age=300"], contentType: "application/json; charset=utf-8",
                document)
        }
    }
}

extension RouteDescription {
    fileprivate static let eventDescription = RouteDescription(
        "eventDescription", "Description", "The description of the events (AsyncAPI 3.0)",
        responses: [ResponseContent(200, "The description.", .anyObject, headers: ["Cache-Control": .string])])
}

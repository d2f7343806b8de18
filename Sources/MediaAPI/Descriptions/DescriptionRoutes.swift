import HTTPServer
import JSON
import OpenAPI
import Synchronization

/// `GET /openapi.json` of the native API and of each dialect. The descriptions hold no secrets and need no token.
final class DescriptionRoutes: Sendable {
    static let path = "/openapi.json"

    private let limits: RequestLimits
    /// The descriptions as they are sent, by the name of their API: there are some once all routes were added.
    private let documents = Mutex<[String: [UInt8]]>([:])

    init(limits: RequestLimits) { self.limits = limits }

    /// Adds the route of an API.
    func mount(on routes: inout Routes, _ name: String, prefix: String = "") {
        let limits = limits
        routes.on(.get, prefix + Self.path, .apiDescription, access: .open) { [self] request, _ in
            try await limits.admit(addressOf: request)
            guard let document = documents.withLock({ $0[name] }) else { throw APIError.notFound }
            return HTTPResponse(
                headers: ["Cache-Control": "public, max-age=300"], contentType: "application/json; charset=utf-8",
                document)
        }
    }

    /// Makes the descriptions of all routes.
    func publish(_ descriptions: ServiceDescriptions) {
        for api in descriptions.apis {
            let document = descriptions.document(api.name)?.encoded()
            documents.withLock { $0[api.name] = document }
        }
    }
}

extension RouteDescription {
    fileprivate static let apiDescription = RouteDescription(
        "apiDescription", "Description", "This description (OpenAPI 3.1)",
        responses: [ResponseContent(200, "The description.", .anyObject, headers: ["Cache-Control": .string])])
}

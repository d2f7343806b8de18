package import HTTPServer
package import OpenAPI

/// A route as it was added to ``Routes``, for lists of what the service serves.
package struct RegisteredRoute: Sendable {
    /// The method; `nil` for a subtree, which handles every method.
    package let method: HTTPMethod?
    /// The pattern of the route, or the path of the subtree.
    package let pattern: String
    /// What the route does; `nil` for a subtree, and for what is not described.
    package let description: RouteDescription?
    /// How its callers are authenticated.
    package let access: RouteAccess
    /// The envelope of its errors; `nil` for that of its path.
    let errors: (any ErrorEnvelope)?
}

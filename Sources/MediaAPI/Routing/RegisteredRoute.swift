package import HTTPServer

/// A route as it was added to ``Routes``, for lists of what the service serves.
package struct RegisteredRoute: Sendable, Hashable {
    /// The method; `nil` for a subtree, which handles every method.
    package let method: HTTPMethod?
    /// The pattern of the route, or the path of the subtree.
    package let pattern: String
}

package import HTTPServer
package import OpenAPI

/// Converts errors into responses in the format of a dialect.
package protocol ErrorEnvelope: Sendable {
    /// The schema of the bodies.
    var schema: Schema { get }
    /// Whether the bodies have the codes of errors.
    var hasCodes: Bool { get }

    /// The response for `error`.
    func response(for error: APIError) -> HTTPResponse
}

extension ErrorEnvelope {
    package var schema: Schema { .anyObject }
    package var hasCodes: Bool { false }
}

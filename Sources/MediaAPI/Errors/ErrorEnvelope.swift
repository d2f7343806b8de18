package import HTTPServer

/// Converts errors into responses in the format of a dialect.
package protocol ErrorEnvelope: Sendable {
    /// The response for `error`.
    func response(for error: APIError) -> HTTPResponse
}

import HTTPServer
import OpenAPI

/// The envelope of an API's errors, with the fields that tus requires of every response.
struct TusErrors: ErrorEnvelope {
    /// The errors that the protocol gives their status.
    private static let own: Set<APIError.Code> = [
        .offsetMismatch, .uploadGone, .uploadLocked, .checksumMismatch, .unsupportedVersion, .unsupportedContentType,
    ]

    var envelope: any ErrorEnvelope = ProblemDetails()
    var schema: Schema { envelope.schema }
    var hasCodes: Bool { envelope.hasCodes }

    func response(for error: APIError) -> HTTPResponse {
        var response = envelope.response(for: error)
        if Self.own.contains(error.code) { response.status = error.code.status }
        response.headers["Tus-Resumable"] = TusRoutes.version
        // Also for HEAD: a cached error would hide an upload that can be continued (core protocol, HEAD).
        response.headers["Cache-Control"] = "no-store"
        if error.code == .unsupportedVersion { response.headers["Tus-Version"] = TusRoutes.version }
        return response
    }
}

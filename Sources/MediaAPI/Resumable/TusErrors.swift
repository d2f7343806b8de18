import HTTPServer
import OpenAPI

/// Problem details with the fields that tus requires of every response.
struct TusErrors: ErrorEnvelope {
    var schema: Schema { ProblemDetails().schema }

    func response(for error: APIError) -> HTTPResponse {
        var response = ProblemDetails().response(for: error)
        response.headers["Tus-Resumable"] = TusRoutes.version
        // Also for HEAD: a cached error would hide an upload that can be continued (core protocol, HEAD).
        response.headers["Cache-Control"] = "no-store"
        if error.code == .unsupportedVersion { response.headers["Tus-Version"] = TusRoutes.version }
        return response
    }
}

package import HTTPServer
import Logging

/// Converts errors into responses in the format of a dialect.
package protocol ErrorEnvelope: Sendable {
    /// The response for `error`.
    func response(for error: APIError) -> HTTPResponse
}

extension ErrorEnvelope {
    /// Runs `work` and converts errors that it throws into responses; errors that concern operators are logged as
    /// errors.
    func answering(
        _ request: HTTPRequest, logger: Logger, _ work: () async throws -> HTTPResponse
    ) async -> HTTPResponse {
        do {
            return try await work()
        } catch {
            let error = APIError(error)
            error.log(request, logger)
            return response(for: error)
        }
    }
}

extension APIError {
    func log(_ request: HTTPRequest, _ logger: Logger) {
        let metadata = {
            [
                "request": request.id, "method": request.method.rawValue, "path": request.path,
                "code": code.rawValue, "cause": cause.map { "\($0)" } ?? "",
            ]
        }
        switch code {
        case .internalError, .storeUnavailable, .storeFull: logger.error("request failed", metadata())
        default: logger.debug("request refused", metadata())
        }
    }
}

package import HTTPServer
package import Logging

extension APIError {
    /// Writes a line about the request that failed with this error: at level `error` what concerns operators, all else at
    /// `debug`.
    package func log(_ request: HTTPRequest, _ logger: Logger) {
        let metadata = {
            [
                "request": request.id, "method": request.method.rawValue, "path": request.path,
                "code": code.rawValue, "cause": cause.map { "\($0)" } ?? "",
            ]
        }
        switch code {
        case .internalError, .storeUnavailable, .storeFull: logger.error("request failed", metadata())
        default: logger.debug("request rejected", metadata())
        }
    }
}

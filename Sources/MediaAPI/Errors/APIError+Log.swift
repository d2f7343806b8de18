package import HTTPServer
package import Logging

extension APIError {
    /// Whether the service failed, and not the request: such an error concerns operators.
    package var isServerError: Bool {
        switch code {
        case .internalError, .storeUnavailable, .storeFull: true
        default: false
        }
    }

    /// Writes a line about the request that failed with this error: at level `error` what concerns operators, all else at
    /// `debug`.
    package func log(_ request: HTTPRequest, _ logger: Logger) {
        log(
            failed: "request failed", rejected: "request rejected",
            ["request": request.id, "method": request.method.rawValue, "path": request.path], logger)
    }

    /// Converts the error of an event that a client sent over a connection, and writes a line about it, as ``Routes`` does
    /// for a request. The dialect sends the result in its envelope.
    /// - Parameter event: the name of the event, as the client sent it.
    package init(_ error: any Error, ofEvent event: String, _ logger: Logger) {
        self.init(error)
        log(failed: "event failed", rejected: "event rejected", ["event": String(event.prefix(64))], logger)
    }

    /// The text of this error for the clients of Socket.IO dialects whose references define no text for errors of the
    /// service.
    package var eventMessage: String {
        code == .internalError ? "Something went wrong. Try again." : message
    }

    private func log(
        failed: StaticString, rejected: StaticString, _ metadata: @autoclosure () -> Logger.Metadata, _ logger: Logger
    ) {
        func details() -> Logger.Metadata {
            metadata().merging(["code": code.rawValue, "cause": cause.map { "\($0)" } ?? ""]) { $1 }
        }
        if isServerError {
            logger.error(failed, details())
        } else {
            logger.debug(rejected, details())
        }
    }
}

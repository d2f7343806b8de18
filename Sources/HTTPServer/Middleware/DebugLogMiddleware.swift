public import Logging

/// Writes a line for each request that was answered while the level of the log is `debug`.
public struct DebugLogMiddleware: HTTPMiddleware {
    private let logger: Logger

    /// Middleware that writes to `logger`.
    public init(_ logger: Logger) { self.logger = logger }

    /// The response of `next`. The line contains its status and the time until its head was known, in milliseconds; the
    /// body is sent after that.
    public func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
        // At other levels there is no line to write, and no time to measure.
        guard logger.level == .debug else { return await next.respond(to: request) }
        let start = ContinuousClock.now
        let response = await next.respond(to: request)
        logger.debug(
            "request answered",
            [
                "request": request.id, "client": request.clientAddress, "method": request.method.rawValue,
                "path": request.path, "status": "\(response.status.rawValue)",
                "milliseconds": "\((ContinuousClock.now - start).milliseconds)",
            ])
        return response
    }
}

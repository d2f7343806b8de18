import Logging

/// What the access log says of one request, gathered until its response is sent or its connection ends.
struct AccessRecord {
    let notes: RequestNotes
    let method: HTTPMethod
    let client: String
    let start = ContinuousClock.now
    /// What the connection had sent before, in bytes.
    let sentBefore: Int
    /// The bytes of the body that have arrived, without those of its framing.
    var receivedBytes = 0
    /// The status of the response; `nil` while there is none.
    var status: HTTPStatus?

    /// Writes the line: path, query and header fields of the request are never in it.
    /// - Parameters:
    ///   - sent: what the connection has sent by now, in bytes.
    ///   - isComplete: whether the whole response was sent.
    func log(to logger: Logger, sent: Int, isComplete: Bool) {
        logger.info(
            "request",
            {
                var metadata = [
                    "request": notes.id, "client": client, "method": method.rawValue, "route": notes.route ?? "none",
                    "status": status.map { "\($0.rawValue)" } ?? "none", "bytesIn": "\(receivedBytes)",
                    "bytesOut": "\(sent - sentBefore)", "milliseconds": "\((ContinuousClock.now - start).milliseconds)",
                    "caller": notes.caller ?? "none",
                ]
                metadata["onBehalfOf"] = notes.onBehalfOf
                if !isComplete { metadata["aborted"] = "true" }
                return metadata
            }())
    }
}

extension Connection {
    /// Writes the access log's line of the request that is being answered, unless that was done.
    func logAccess(isComplete: Bool) {
        guard let record = exchange?.access else { return }
        exchange?.access = nil
        record.log(to: core.logger, sent: output.written, isComplete: isComplete)
    }
}

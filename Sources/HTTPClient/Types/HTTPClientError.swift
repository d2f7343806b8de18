/// Why there is no response, or no complete one.
public struct HTTPClientError: Error, Sendable, Hashable {
    /// What kind of failure it is. Open: more may come.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name, fit for a log line or a metric's label.
        public let rawValue: String
        /// The code of that name.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The stable name.
        public var description: String { rawValue }

        /// The URL, the method or a header field cannot be sent.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        /// The host's name has no address.
        public static let resolve = Code(rawValue: "resolve")
        /// The connection was refused (ECONNREFUSED), or not accepted in time.
        public static let connect = Code(rawValue: "connect")
        /// No trusted encryption could be agreed on.
        public static let tls = Code(rawValue: "tls")
        /// The total timeout passed.
        public static let timeout = Code(rawValue: "timeout")
        /// Nothing moved for too long.
        public static let stalled = Code(rawValue: "stalled")
        /// The peer closed or reset the connection before the response was complete.
        public static let reset = Code(rawValue: "reset")
        /// The response's header or body is longer than was allowed.
        public static let tooLarge = Code(rawValue: "too_large")
        /// The received data is not an HTTP response.
        public static let invalidResponse = Code(rawValue: "invalid_response")
        /// The calling task was cancelled, or the client was deallocated.
        public static let cancelled = Code(rawValue: "cancelled")
        /// libcurl failed in another way.
        public static let other = Code(rawValue: "other")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong: libcurl's text or ours.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension HTTPClientError: CustomStringConvertible {
    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}

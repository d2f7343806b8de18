internal import HTTPClient

/// The failure of a request.
struct S3Failure: Error, Sendable {
    enum Kind: Sendable {
        /// There was no complete answer.
        case transport(HTTPClientError)
        /// The store answered with an error.
        case response(status: Int, code: String, message: String)
        /// There are no credentials to sign the request with.
        case credentials(ObjectStoreError)
        /// The response is not valid.
        case malformedResponse(String)
    }

    let kind: Kind
    /// The name of the operation, such as `UploadPart`.
    let operation: String
    /// How long the store asked to wait.
    var retryAfter: Duration?
    /// The store's time, from the response's `Date` field.
    var date: String?

    var status: Int? { if case .response(let status, _, _) = kind { status } else { nil } }
    /// The code of the error document, such as `NoSuchKey`; empty if there was none.
    var code: String { if case .response(_, let code, _) = kind { code } else { "" } }
    var isCancellation: Bool { if case .transport(let error) = kind { error.code == .cancelled } else { false } }
    /// Our clock and the store's are too far apart for its signatures.
    var isClockSkew: Bool { code == "RequestTimeTooSkewed" }

    /// The store does not know the credentials, or they have expired: others may be accepted. A response to HEAD does not say why.
    var rejectsCredentials: Bool {
        if code.isEmpty, let status { return [400, 401, 403].contains(status) }
        return ["ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId"].contains(code)
    }

    /// Whether the same request may succeed when it is sent again.
    var isTransient: Bool {
        switch kind {
        case .transport(let error):
            switch error.code {
            case .resolve, .connect, .timeout, .stalled, .reset, .invalidResponse, .other: true
            default: false
            }
        case .response(let status, let code, _):
            switch status {
            // Not implemented, no such version of HTTP, no space: these do not pass.
            case 501, 505, 507: false
            case 408, 429, 500...: true
            default: Self.transientCodes.contains(code)
            }
        case .credentials, .malformedResponse: true
        }
    }

    /// Whether the store may have performed the request although no response says so.
    var isAmbiguous: Bool {
        switch kind {
        case .transport(let error): ![.invalidRequest, .resolve, .connect, .tls].contains(error.code)
        case .response(let status, let code, _): status >= 500 || status < 300 || code == "NoSuchUpload"
        case .credentials: false
        case .malformedResponse: true
        }
    }

    /// Errors of status 4xx, or of none (in the body of a 200), that pass.
    private static let transientCodes: Set<String> = [
        "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
        "RequestLimitExceeded", "TooManyRequests", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch",
        "OperationAborted", "ConcurrentModification",
    ]
}

extension S3Failure: CustomStringConvertible {
    var description: String {
        switch kind {
        case .transport(let error): "\(operation): \(error)"
        case .response(let status, let code, let message):
            "\(operation): \(status)\(code.isEmpty ? "" : " \(code)")\(message.isEmpty ? "" : ": \(message)")"
        case .credentials(let error): "\(operation): \(error)"
        case .malformedResponse(let message): "\(operation): \(message)"
        }
    }
}

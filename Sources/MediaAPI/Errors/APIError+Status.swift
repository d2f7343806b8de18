package import HTTPServer

extension APIError.Code {
    /// The HTTP status of a code. This is the only mapping from errors to statuses; a dialect whose reference differs
    /// overrides individual codes.
    package var status: HTTPStatus {
        switch self {
        case .badRequest, .missingField, .invalidField, .mediaEmpty, .digestMismatch: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden, .uploadRefused: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .offsetMismatch, .requestUnderway: .conflict
        case .uploadGone: .gone
        case .unsupportedVersion: .preconditionFailed
        case .unsupportedContentType: .unsupportedMediaType
        case .uploadLocked: .locked
        case .checksumMismatch: .checksumMismatch
        case .bodyTooSlow: .requestTimeout
        case .lengthRequired: .lengthRequired
        case .bodyTooLarge, .mediaTooLarge: .contentTooLarge
        case .mediaUnsupported: .unsupportedMediaType
        case .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .metadataLeft, .infected, .idempotencyKeyReused:
            .unprocessableContent
        case .limitExceeded, .rateLimited: .tooManyRequests
        case .busy, .storeUnavailable, .translationUnavailable, .authorizationUnavailable, .scanUnavailable, .readOnly:
            .serviceUnavailable
        case .storeFull: .insufficientStorage
        default: .internalServerError
        }
    }
}

extension APIError {
    /// The challenge of a response 401 (RFC 6750 section 3): without a token in the request it has no error code.
    private var challenge: String {
        guard let reason = cause as? TokenError, reason != .missing else { return "Bearer" }
        return "Bearer error=\"invalid_token\", error_description=\"\(reason.description)\""
    }

    /// The header fields of the response, independent of the envelope.
    package var headers: HTTPFields {
        var fields: HTTPFields = [:]
        switch (code, details) {
        case (.unauthorized, _): fields["WWW-Authenticate"] = challenge
        case (.busy, _), (.storeUnavailable, _), (.scanUnavailable, _): fields["Retry-After"] = "5"
        case (.readOnly, _): fields["Retry-After"] = "60"
        case (_, .allow(let methods)): fields["Allow"] = methods.joined(separator: ", ")
        default: break
        }
        if let retryAfter { fields["Retry-After"] = "\(retryAfter)" }
        for (name, value) in problem.fields { fields[name] = value }
        return fields
    }
}

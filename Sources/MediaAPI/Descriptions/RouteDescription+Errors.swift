import ChatBridge
import HTTPServer
import JSON
package import OpenAPI

extension RouteDescription {
    /// This description with errors that are its own.
    package func failing(with codes: APIError.Code...) -> RouteDescription {
        var description = self
        description.errors += codes.map(\.rawValue)
        return description
    }

    /// This description with the errors of a file that is uploaded or validated.
    package var validatingMedia: RouteDescription {
        failing(
            with: .mediaEmpty, .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooLarge, .mediaTooComplex,
            .metadataLeft, .infected, .scanUnavailable, .limitExceeded, .storeFull, .clientGone)
    }

    /// This description with the errors of an upload that the chat server is asked about.
    package var authorizingUpload: RouteDescription { failing(with: .uploadRefused, .authorizationUnavailable) }

    /// This description with what all routes of its kind have: errors by status, as its envelope sends them, and the header field
    /// with a user.
    func completed(_ route: RegisteredRoute, envelope: any ErrorEnvelope) -> RouteDescription {
        var description = self
        if route.access == .service || route.access == .user {
            description.parameters.append(.onBehalfOf)
            if route.method == .post { description.parameters.append(.idempotencyKey) }
        }
        let described = Set(responses.map(\.status))
        let codes = Set(commonErrors(of: route) + errors.map(APIError.Code.init(rawValue:)))
        var byStatus: [Int: [(code: APIError.Code, meaning: String)]] = [:]
        for known in APIError.meanings where codes.contains(known.code) {
            let status = envelope.response(for: APIError(code: known.code, message: "")).status.rawValue
            byStatus[status, default: []].append(known)
        }
        for (status, known) in byStatus.sorted(by: { $0.key < $1.key }) where !described.contains(status) {
            let meanings = known.map { envelope.hasCodes ? "`\($0.code.rawValue)`: \($0.meaning)" : $0.meaning }
            description.responses.append(
                ResponseContent(
                    status, meanings.joined(separator: envelope.hasCodes ? ". " : "; "), envelope.schema,
                    type: envelope.mediaType, errorCodes: envelope.hasCodes ? known.map(\.code.rawValue) : []))
        }
        return description
    }

    private func commonErrors(of route: RegisteredRoute) -> [APIError.Code] {
        // A header field that says who sends the request is there once.
        var codes: [APIError.Code] = [.invalidField, .internalError]
        if route.access != .unlimited { codes += [.rateLimited] }
        if route.access == .user || route.access == .service {
            codes += [.unauthorized, .forbidden, .storeUnavailable, .busy]
            if route.method != .get { codes.append(.readOnly) }
            if route.method == .post { codes += [.idempotencyKeyReused, .requestUnderway] }
        }
        if route.access == .open { codes += [.storeUnavailable, .busy] }
        if body != nil { codes += [.badRequest, .missingField, .bodyTooLarge, .bodyTooSlow, .digestMismatch] }
        // A segment that is no valid text matches nothing.
        if !APIDescription.names(in: route.pattern).isEmpty { codes.append(.notFound) }
        return codes
    }
}

extension Parameter {
    /// For which user a service token acts.
    static let onBehalfOf = Parameter.header(
        "X-On-Behalf-Of",
        // A comma would join several users.
        .string(1...ChatIdentifier.maximumBytes, pattern: "^[!-+\\--~]([ -+\\--~]*[!-+\\--~])?$"),
        "The user for whom the chat server acts, with a service token.")
}

extension Parameter {
    /// The digest of a request's content.
    static let contentDigest = Parameter.header(
        DigestField.content.rawValue, digest, "`sha-256=:BASE64:` of the body (RFC 9530), which is compared.")
    /// The digest of a whole file.
    static let reprDigest = Parameter.header(
        DigestField.representation.rawValue, digest,
        "`sha-256=:BASE64:` of the whole file, of a form or JSON of the body (RFC 9530), which is compared.")

    // Others than SHA-256 are ignored, whatever they are.
    private static let digest: Schema = .string

    /// The key of a request and its retries.
    static let idempotencyKey = Parameter.header(
        IdempotencyKey.field,
        // With or without the quotes of a structured field.
        .string(
            1...IdempotencyKey.maximumBytes + 2,
            pattern: "^(\"[!-~]{1,\(IdempotencyKey.maximumBytes)}\"|[!-~]{1,\(IdempotencyKey.maximumBytes)})$"),
        "A new one for each request; a retry with the same one makes nothing again, and gets the first answer.")
}

extension Schema {
    /// An ID of clients and of the chat server.
    package static let identifier = Schema.string(1...ChatIdentifier.maximumBytes, pattern: "^[ -~]+$")
        .with(["$comment": "Other characters in normal form C are accepted, too; the length is in bytes."])
        .named("Identifier")
}

extension ErrorEnvelope {
    /// The media type of its responses.
    var mediaType: String {
        let response = response(for: APIError(code: .internalError, message: ""))
        return String((response.headers["Content-Type"] ?? "application/json").prefix { $0 != ";" })
    }
}

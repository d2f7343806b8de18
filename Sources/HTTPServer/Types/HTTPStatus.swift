/// A response's status code (RFC 9110 section 15), 100 to 599.
public struct HTTPStatus: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The code.
    public let rawValue: Int

    /// A status of that code.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A status of that code.
    public init(integerLiteral value: Int) { rawValue = value }

    /// 101
    public static let switchingProtocols: HTTPStatus = 101
    /// 104 Upload Resumption Supported (draft-ietf-httpbis-resumable-upload section 5)
    public static let uploadResumptionSupported: HTTPStatus = 104
    /// 200
    public static let ok: HTTPStatus = 200
    /// 201
    public static let created: HTTPStatus = 201
    /// 202
    public static let accepted: HTTPStatus = 202
    /// 204: has no body.
    public static let noContent: HTTPStatus = 204
    /// 206
    public static let partialContent: HTTPStatus = 206
    /// 302
    public static let found: HTTPStatus = 302
    /// 304: has no body.
    public static let notModified: HTTPStatus = 304
    /// 400
    public static let badRequest: HTTPStatus = 400
    /// 401
    public static let unauthorized: HTTPStatus = 401
    /// 403
    public static let forbidden: HTTPStatus = 403
    /// 404
    public static let notFound: HTTPStatus = 404
    /// 405
    public static let methodNotAllowed: HTTPStatus = 405
    /// 408
    public static let requestTimeout: HTTPStatus = 408
    /// 409
    public static let conflict: HTTPStatus = 409
    /// 410
    public static let gone: HTTPStatus = 410
    /// 411
    public static let lengthRequired: HTTPStatus = 411
    /// 412
    public static let preconditionFailed: HTTPStatus = 412
    /// 413
    public static let contentTooLarge: HTTPStatus = 413
    /// 414
    public static let uriTooLong: HTTPStatus = 414
    /// 415
    public static let unsupportedMediaType: HTTPStatus = 415
    /// 416
    public static let rangeNotSatisfiable: HTTPStatus = 416
    /// 417
    public static let expectationFailed: HTTPStatus = 417
    /// 422
    public static let unprocessableContent: HTTPStatus = 422
    /// 423 (RFC 4918)
    public static let locked: HTTPStatus = 423
    /// 426
    public static let upgradeRequired: HTTPStatus = 426
    /// 429
    public static let tooManyRequests: HTTPStatus = 429
    /// 431
    public static let requestHeaderFieldsTooLarge: HTTPStatus = 431
    /// 460: of the protocol tus.
    public static let checksumMismatch: HTTPStatus = 460
    /// 500
    public static let internalServerError: HTTPStatus = 500
    /// 501
    public static let notImplemented: HTTPStatus = 501
    /// 503
    public static let serviceUnavailable: HTTPStatus = 503
    /// 505
    public static let httpVersionNotSupported: HTTPStatus = 505
    /// 507 (RFC 4918)
    public static let insufficientStorage: HTTPStatus = 507

    /// The reason phrase of the code; a general one for codes that have none here.
    public var reasonPhrase: String { Self.phrases[rawValue] ?? "Status" }

    /// Whether a response of this status never has a body, whatever its fields say (RFC 9112 section 6.3).
    var isWithoutBody: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }

    private static let phrases: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 104: "Upload Resumption Supported", 200: "OK", 201: "Created",
        202: "Accepted", 204: "No Content",
        206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
        402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
        412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
        416: "Range Not Satisfiable", 417: "Expectation Failed", 422: "Unprocessable Content",
        423: "Locked",
        426: "Upgrade Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
        460: "Checksum Mismatch", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}

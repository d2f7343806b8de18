import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The dialect's errors: `{status, message, error}`.
package struct ImageKitErrors: ErrorEnvelope {
    func response(for error: APIError) -> HTTPResponse {
        // The chat's reference knows no other word for a method that a path does not have.
        let status = error.code == .methodNotAllowed ? .notFound : error.code.imageKitStatus
        return .json(
            ImageKitEnvelope.failure(status: status.rawValue, error.message, error: error.code.rawValue),
            status: status, headers: error.headers)
    }
}

/// The errors of ImageKit's own API: `{message, help}`.
struct ImageKitFileErrors: ErrorEnvelope {
    func response(for error: APIError) -> HTTPResponse {
        var headers = error.headers
        if error.code == .unauthorized { headers["WWW-Authenticate"] = "Basic realm=\"ImageKit\"" }
        return .json(
            ["message": .string(error.message), "help": .string(Self.help(error.code))],
            status: error.code.imageKitStatus, headers: headers)
    }

    private static func help(_ code: APIError.Code) -> String {
        switch code {
        case .unauthorized, .forbidden:
            "Send the private key as the user of HTTP basic authentication, or publicKey, token, expire and signature."
        case .mediaTooLarge, .bodyTooLarge: "Send a smaller file, or the fields that prove who you are before the file."
        case .busy, .storeUnavailable, .storeFull, .internalError: "Try again later."
        default: "See ImageKit's upload API reference for what each parameter means."
        }
    }
}

extension APIError.Code {
    /// The reference knows 400 for everything that is wrong with what was sent.
    fileprivate var imageKitStatus: HTTPStatus {
        switch self {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex: .badRequest
        default: status
        }
    }
}

import ChatBridge
import HTTPServer
import JSON
import MediaAPI
package import OpenAPI

/// Encodes errors in the dialect's envelope, `{status, message, error}`.
package struct ImageKitErrors: ErrorEnvelope {
    package let schema = Schema.object([
        .required("status", .integer(400...599)), .required("message", .string, "What went wrong."),
        .required("error", .string, "The stable name of the error."),
    ]).named("Error")
    package let hasCodes = true

    func response(for error: APIError) -> HTTPResponse {
        // The reference defines no 405, so a method that a path does not support is reported as 404.
        let status = error.code == .methodNotAllowed ? .notFound : error.code.imageKitStatus
        return .json(
            ImageKitEnvelope.failure(status: status.rawValue, error.message, error: error.code.rawValue),
            status: status, headers: error.headers)
    }
}

/// Encodes errors as ImageKit's own API does: `{message, help}`.
struct ImageKitFileErrors: ErrorEnvelope {
    let schema = Schema.object([.required("message", .string), .required("help", .string)]).named("FileError")

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
        case .uploadRefused: "Ask the people who run the chat server."
        case .busy, .storeUnavailable, .authorizationUnavailable, .scanUnavailable, .readOnly, .storeFull,
            .internalError:
            "Try again later."
        default: "See ImageKit's upload API reference for what each parameter means."
        }
    }
}

extension APIError.Code {
    /// The HTTP status of the code; the reference uses 400 for all invalid input.
    fileprivate var imageKitStatus: HTTPStatus {
        switch self {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .metadataLeft, .infected: .badRequest
        default: status
        }
    }
}

import Bytes
import Foundation
import HTTPServer
import JSON
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Synchronization
import Testing

@testable import ChatBridge
@testable import MediaAPI

struct ErrorTests {
    @Test(
        "every error from below has a stable code and a status",
        arguments: [
            (MediaError(.empty, "") as any Error, "media_empty", 400),
            (MediaError(.unsupported, ""), "media_unsupported", 415),
            (MediaError(.wrongKind, ""), "media_unsupported", 415),
            (MediaError(.truncated, ""), "media_unreadable", 422),
            (MediaError(.tooLong, "", duration: 601, limit: 600), "media_too_long", 422),
            (MediaError(.tooLarge, "", limit: 10), "media_too_large", 413),
            (MediaError(.tooManyPixels, ""), "media_too_complex", 422),
            (MediaError(.busy, ""), "busy", 503),
            (MediaError(.storage, "", cause: ObjectStoreError(.outOfSpace, "")), "store_full", 507),
            (MediaError(.storage, ""), "store_unavailable", 503),
            (MediaError(.internal, ""), "internal", 500),
            (ChatError(.invalidReceiver, ""), "invalid_field", 400),
            (ChatError(.notAllowed, ""), "forbidden", 403),
            (ChatError(.notFound, ""), "not_found", 404),
            (ChatError(.unavailable, ""), "store_unavailable", 503),
            (ChatError(.readOnly), "read_only", 503),
            (ObjectStoreError(.notFound, ""), "not_found", 404),
            (ObjectStoreError(.invalidSignature, ""), "forbidden", 403),
            (ObjectStoreError(.expired, ""), "forbidden", 403),
            (ObjectStoreError(.invalidKey, ""), "bad_request", 400),
            (MultipartError.notMultipart, "bad_request", 400),
            (MultipartError.truncated, "bad_request", 400),
            (RequestBodyError.tooLarge(limit: 1), "body_too_large", 413),
            (RequestBodyError.tooSlow, "body_too_slow", 408),
            (TokenError.expired, "unauthorized", 401),
            (CancellationError(), "client_gone", 500),
        ])
    func mapping(error: any Error, code: String, status: Int) {
        let error = APIError(error)
        #expect(error.code.rawValue == code)
        #expect(error.code.status.rawValue == status)
    }

    @Test("the native API reports problems, and never their internal cause")
    func problems() throws {
        let response = ProblemDetails().response(for: APIError(Secret()))
        #expect(response.status == .internalServerError)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        let body = try json(response)
        #expect(body["code"] == "internal" && body["status"] == 500)
        #expect(!body.encodedText().contains("secret"))
    }

    @Test("a 401 asks for a token, a 405 names the methods, a 503 says when to come again")
    func headers() {
        #expect(APIError.unauthorized.headers["WWW-Authenticate"] == "Bearer")
        #expect(APIError(TokenError.missing).headers["WWW-Authenticate"] == "Bearer")
        #expect(
            APIError(TokenError.expired).headers["WWW-Authenticate"]
                == #"Bearer error="invalid_token", error_description="The token has expired""#)
        let methods = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET", "PUT"]))
        #expect(methods.headers["Allow"] == "GET, PUT")
        #expect(APIError(MediaError(.busy, "")).headers["Retry-After"] != nil)
    }

    @Test(
        "an event that fails is reported to operators where the service failed, and never says why to the client",
        arguments: eventErrors)
    func events(error: any Error, text: String, level: Logger.Level) {
        let records = Mutex<[LogRecord]>([])
        let logger = Logger(level: .debug) { record in records.withLock { $0.append(record) } }
        #expect(APIError(error, ofEvent: "sendMessage", logger).eventMessage == text)
        #expect(records.withLock { $0.map(\.level) } == [level])
        let metadata = records.withLock { $0.first?.metadata }
        #expect(metadata?["event"] == "sendMessage")
        #expect(metadata?["cause"]?.contains("secret") == (error is Secret))
    }

    private struct Secret: Error { let path = "/etc/secret" }
    private static let eventErrors: [(any Error, String, Logger.Level)] = [
        (ChatError(.notAllowed, "You are not a member"), "You are not a member", .debug),
        (ChatError(.unavailable, "The chat store does not answer."), "The chat store does not answer.", .error),
        (Secret(), "Something went wrong. Try again.", .error),
    ]

    private func json(_ response: HTTPResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONValue(parsing: [UInt8](bytes))
    }
}

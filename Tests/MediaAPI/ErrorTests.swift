import Bytes
import Foundation
import HTTPServer
import JSON
import Logging
import MediaModel
import MediaWorker
import ObjectStore
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
            (ObjectStoreError(.notFound, ""), "not_found", 404),
            (ObjectStoreError(.invalidSignature, ""), "forbidden", 403),
            (ObjectStoreError(.expired, ""), "forbidden", 403),
            (ObjectStoreError(.invalidKey, ""), "bad_request", 400),
            (MultipartError.notMultipart, "bad_request", 400),
            (MultipartError.truncated, "bad_request", 400),
            (RequestBodyError.tooLarge(limit: 1), "body_too_large", 413),
            (RequestBodyError.tooSlow, "body_too_slow", 408),
            (TokenError.expired, "unauthorized", 401),
            (CancellationError(), "internal", 500),
        ])
    func mapping(error: any Error, code: String, status: Int) {
        let error = APIError(error)
        #expect(error.code.rawValue == code)
        #expect(error.code.status.rawValue == status)
    }

    @Test("the dialect tells of a video that is too long or too large in its reference's words")
    func bananatalk() throws {
        let errors = BananatalkErrors(limits: BananatalkLimits(), isAboutVideo: true)
        let long = errors.response(for: APIError(MediaError(.tooLong, "", duration: 720, limit: 600)))
        #expect(long.status == .badRequest)
        #expect(
            try json(long) == [
                "success": false, "error": "Video duration (720s) exceeds maximum of 600 seconds (10 minutes)",
                "maxDuration": 600,
            ])
        let large = errors.response(for: APIError(MediaError(.tooLarge, "", limit: 1_073_741_824)))
        #expect(large.status == .contentTooLarge)
        #expect(try json(large) == ["success": false, "error": "Video size exceeds maximum limit of 1024MB"])
    }

    @Test("a day that is used up is told with its numbers and its reset")
    func dailyLimit() throws {
        let limit = ChatError.Limit(current: 1000, max: 1000, resetTime: Date(timeIntervalSince1970: 1_705_363_200))
        let response = BananatalkErrors(limits: BananatalkLimits())
            .response(for: APIError(ChatError(.limitExceeded, "Daily message limit exceeded.", limit: limit)))
        #expect(response.status == .tooManyRequests)
        #expect(
            try json(response) == [
                "success": false, "error": "Daily message limit exceeded.", "type": "limit_exceeded",
                "details": ["current": 1000, "max": 1000, "resetTime": "2024-01-16T00:00:00Z"],
            ])
    }

    @Test("the native API tells problems, and never what lies beneath")
    func problems() throws {
        struct Secret: Error { let path = "/etc/secret" }
        let response = ProblemDetails().response(for: APIError(Secret()))
        #expect(response.status == .internalServerError)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        let body = try json(response)
        #expect(body["code"] == "internal" && body["status"] == 500)
        #expect(!body.encodedText().contains("secret"))
    }

    @Test("a body that is too large is no video, whatever the call takes, and has a status of the reference's table")
    func bodyTooLarge() throws {
        for isAboutVideo in [true, false] {
            let errors = BananatalkErrors(limits: BananatalkLimits(), isAboutVideo: isAboutVideo)
            let answer = errors.response(for: APIError(RequestBodyError.tooLarge(limit: 256 << 10)))
            #expect(answer.status == .badRequest)
            let message = "Message is too large: the request exceeds maximum of 256KB"
            #expect(try json(answer) == ["success": false, "error": .string(message)])
        }
    }

    @Test("dialects whose reference has no 405 answer a method that a path does not have with 404")
    func unknownMethods() {
        let error = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET"]))
        #expect(BananatalkErrors(limits: BananatalkLimits()).response(for: error).status == .notFound)
        #expect(ImageKitErrors().response(for: error).status == .notFound)
        #expect(SignalRErrors().response(for: error).status == .methodNotAllowed)
    }

    @Test("a 401 asks for a token, a 405 names the methods, a 503 says when to come again")
    func headers() {
        #expect(APIError.unauthorized.headers["WWW-Authenticate"] == "Bearer")
        let methods = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET", "PUT"]))
        #expect(methods.headers["Allow"] == "GET, PUT")
        #expect(APIError(MediaError(.busy, "")).headers["Retry-After"] != nil)
    }

    private func json(_ response: HTTPResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONValue(parsing: [UInt8](bytes))
    }
}

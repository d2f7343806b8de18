import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaModel
import Testing

@testable import Bananatalk
@testable import MediaAPI

@Suite("Errors of bananatalk")
struct BananatalkErrorTests {
    @Test("a video that is too long or too large is reported as the reference words it")
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

    @Test("a file that exceeds another limit than a video's is not reported as a video")
    func otherLimits() throws {
        let errors = BananatalkErrors(limits: BananatalkLimits(), isAboutVideo: true)
        let document = MediaError(.tooLarge, "Too large: 100 MiB are allowed.", limit: 104_857_600)
        let sound = MediaError(.tooLong, "It plays for 100000 s.", duration: 100_000, limit: 86_400)
        for (error, status) in [(document, HTTPStatus.contentTooLarge), (sound, .badRequest)] {
            let response = errors.response(for: APIError(error))
            #expect(response.status == status)
            #expect(try json(response) == ["success": false, "error": .string(error.message)])
        }
        let video = MediaError(.tooLarge, "Too large.", limit: 1_073_741_824)
        let elsewhere = BananatalkErrors(limits: BananatalkLimits()).response(for: APIError(video))
        #expect(try json(elsewhere) == ["success": false, "error": "Too large."])
    }

    @Test("a daily allowance that is used up is reported with its numbers and its reset")
    func dailyLimit() throws {
        let limit = ChatError.Limit(current: 1000, max: 1000, resetTime: Date(timeIntervalSince1970: 1_705_363_200))
        let response = BananatalkErrors(limits: BananatalkLimits())
            .response(for: APIError(ChatError(.limitExceeded, "Daily message limit exceeded.", limit: limit)))
        #expect(response.status == .tooManyRequests)
        #expect(response.headers["Retry-After"] == "1", "it has been reset since")
        let tomorrow = ChatError.Limit(current: 1, max: 1, resetTime: Date() + 86_400)
        let later = BananatalkErrors(limits: BananatalkLimits())
            .response(for: APIError(ChatError(.limitExceeded, "", limit: tomorrow)))
        #expect(["86399", "86400"].contains(later.headers["Retry-After"]))
        #expect(
            try json(response) == [
                "success": false, "error": "Daily message limit exceeded.", "type": "limit_exceeded",
                "details": ["current": 1000, "max": 1000, "resetTime": "2024-01-16T00:00:00Z"],
            ])
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

    @Test("a method that a path does not have is answered with 404, for the reference has no 405")
    func unknownMethod() {
        let error = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET"]))
        #expect(BananatalkErrors(limits: BananatalkLimits()).response(for: error).status == .notFound)
    }

    private func json(_ response: HTTPResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONValue(parsing: [UInt8](bytes))
    }
}

import HTTPServer
import Logging
import Testing

@testable import MediaAPI

@Suite("Fields that say who sends a request")
struct AmbiguousFieldTests {
    private static let ambiguous: [HTTPFields] = [
        ["Authorization": "Bearer a", "authorization": "Bearer b"], ["Authorization": "Bearer a", "Authorization": ""],
        ["X-On-Behalf-Of": "ann", "X-On-Behalf-Of": "bob"], ["X-On-Behalf-Of": "ann, bob"],
        ["X-On-Behalf-Of": "ann,bob"],
    ]

    @Test("are rejected when they are there twice, or with several values", arguments: ambiguous)
    func rejected(headers: HTTPFields) async {
        #expect(await status(headers) == .badRequest)
    }

    @Test("are passed on when they are there once")
    func once() async {
        #expect(await status(["Authorization": "Bearer a", "X-On-Behalf-Of": "ann"]) == .ok)
        #expect(await status(["Accept": "a", "Accept": "b"]) == .ok)
    }

    private func status(_ headers: HTTPFields) async -> HTTPStatus {
        var routes = Routes(logger: Logger { _ in })
        routes.on(.get, "/x", nil) { _, _ in HTTPResponse(status: .ok) }
        return await routes.respond(to: HTTPRequest(target: "/x", headers: headers)).status
    }
}

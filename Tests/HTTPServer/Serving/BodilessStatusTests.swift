import HTTPServer
import Testing

struct BodilessStatusTests {
    @Test("a status without a body has none, whatever the responder returns", arguments: [204, 304])
    func withoutBody(status: Int) async throws {
        try await withServer(answer: { _ in .text("body", status: HTTPStatus(rawValue: status)) }) { address, _ in
            let client = try RawClient(address)
            for _ in 1...3 {
                let response = try await client.get("/")
                #expect(response.status == status)
                #expect(response.header("Content-Length") == nil)
            }
        }
    }
}

import Bytes
import HTTPServer
import Testing

@Suite("Request IDs")
struct RequestIDTests {
    private func returned(for id: String?) async throws -> (returned: String?, seen: String?) {
        let responder: @Sendable (HTTPRequest) async -> HTTPResponse = { .text($0.id) }
        return try await withServer(answer: responder) { address, _ in
            let client = try RawClient(address)
            let response = try await client.get("/", headers: id.map { "X-Request-Id: \($0)\r\n" } ?? "")
            return (response.header("X-Request-Id"), response.text)
        }
    }

    @Test("each response returns the ID under which the request is logged")
    func made() async throws {
        let (returned, seen) = try await returned(for: nil)
        #expect(returned?.isEmpty == false)
        #expect(returned == seen)
    }

    @Test("no other process makes the same IDs, also one that was started before on the same data")
    func unique() async throws {
        let first = try await returned(for: nil).returned
        #expect(try await returned(for: nil).returned != first)
    }

    @Test("the ID that a client or a proxy chose is the request's")
    func chosen() async throws {
        let id = "7d4e4a12-a5bf-4f36-b1c0-2f0d3f8e9a10"
        #expect(try await returned(for: id) == (id, id))
    }

    @Test(
        "an ID that is too long or has other characters than a token is not used",
        arguments: ["a b", "level=error", "\"", String(repeating: "a", count: 129)])
    func rejected(id: String) async throws {
        let (returned, seen) = try await returned(for: id)
        #expect(returned != id)
        #expect(returned?.isEmpty == false)
        #expect(returned == seen)
    }
}

import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: searching messages")
struct BananatalkSearchTests {
    private static let path = MessageTests.path

    private func send(_ text: String, from sender: String, to receiver: String, on service: TestService) async throws {
        let sent = try await service.call(
            "POST", Self.path, token: try service.token(sender),
            json: #"{"receiver":"\#(receiver)","message":"\#(text)"}"#)
        #expect(sent.status == 201, "\(sent.body)")
    }

    private func found(_ query: String, by user: String, on service: TestService) async throws -> [String] {
        let answer = try await service.call("GET", "\(Self.path)/search?\(query)", token: try service.token(user))
        #expect(answer.status == 200, "\(answer.body)")
        let texts = (answer.body["data"] as? [[String: Any]])?.compactMap { $0["message"] as? String } ?? []
        let pagination = try #require(answer.body["pagination"] as? [String: Any])
        #expect((pagination["total"] as? Int ?? 0) >= texts.count)
        return texts
    }

    @Test(
        "words are found in any order, whatever their case and marks, by partner, dates and type, and only by those who may read them",
        .proves(.bananatalk, "GET /messages/search"))
    func search() async throws {
        let service = try TestService.start()
        try await send("Der Zug fährt um acht", from: "alice", to: "bob", on: service)
        try await send("um ACHT am Zug?", from: "bob", to: "alice", on: service)
        try await send("Zug verpasst, acht Uhr zu früh", from: "carol", to: "alice", on: service)
        #expect(try await found("q=acht%20zug", by: "alice", on: service).count == 3)
        #expect(try await found("q=FAHRT", by: "bob", on: service) == ["Der Zug fährt um acht"])
        #expect(try await found("q=zug", by: "carol", on: service) == ["Zug verpasst, acht Uhr zu früh"])
        #expect(try await found("q=zug", by: "mallory", on: service) == [])
        #expect(try await found("q=zug&userId=bob", by: "alice", on: service).count == 2)
        #expect(try await found("q=zug&userId=mallory", by: "alice", on: service) == [])
        #expect(try await found("q=zug&limit=1&page=2", by: "alice", on: service) == ["um ACHT am Zug?"])
        #expect(try await found("q=zug&type=text", by: "alice", on: service).count == 3)
        #expect(try await found("q=zug&type=voice", by: "alice", on: service) == [])
        let today = String(Date().ISO8601Format().prefix(10))
        #expect(try await found("q=zug&from=\(today)&to=\(today)", by: "alice", on: service).count == 3)
        #expect(try await found("q=zug&to=2020-01-01", by: "alice", on: service) == [])
        #expect(try await found("q=zug&from=2100-01-01T00:00:00Z", by: "alice", on: service) == [])
        for query in ["", "q=", "q=zug&from=yesterday", "q=zug&to=2026-02-30", "q=zug&page=x"] {
            let answer = try await service.call(
                "GET", "\(Self.path)/search?\(query)", token: try service.token("alice"))
            #expect(answer.status == 400, "\(query): \(answer.body)")
        }
        #expect(try await service.call("GET", "\(Self.path)/search?q=zug", token: "forged").status == 401)
    }
}

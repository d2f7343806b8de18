import Foundation
import TestPrograms
import Testing

@Suite("Early rejections are seen by other people's HTTP clients")
struct EarlyRefusalTests {
    @Test(
        "as JSON, 20 of 20 times, before the body and in its middle",
        arguments: ["curl", "requests", "aiohttp", "http.client"],
        [("declared", 413, "Video size exceeds maximum limit of 1024MB"), ("token", 401, ""), ("middle", 400, "")])
    func seen(client: String, rejection: (kind: String, status: Int, sentence: String)) async throws {
        let service = try TestService.start()
        let finished = try await Python.run(
            "early_refusal.py", [client, service.base, try service.token("alice"), rejection.kind, "20"])
        let answers = try #require(try finished.json() as? [[Any]], "\(finished.errors)")
        #expect(answers.count == 20)
        for response in answers {
            #expect(response[0] as? Int == rejection.status, "\(response[1])")
            let sentence = try #require(response[1] as? String)
            #expect(rejection.sentence.isEmpty ? !sentence.isEmpty : sentence == rejection.sentence)
        }
        #expect(try await service.unexpectedLeftovers() == [:])
    }
}

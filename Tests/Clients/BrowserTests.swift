import Foundation
import Testing

@Suite("Chromium with the socket.io client")
struct BrowserTests {
    @Test("a page of another origin uploads with progress, is told over its socket and shows the thumbnail")
    func bananatalk() async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*"])
        let said = try await Browser.run(
            "bananatalk.js", on: service,
            parameters: ["sender": try service.token("ann"), "receiver": try service.token("bob")],
            files: ["video": try Sample.file("video/short.mp4")])
        let sent = try #require(said.first?["sent"] as? [String: Any])
        #expect(sent["status"] as? Int == 201)
        let progress = try #require(sent["progress"] as? [[String: Int]])
        #expect(progress.last?["loaded"] == progress.last?["total"] && progress.last?["total"] ?? 0 > 0)
        let told = try #require(said.last?["told"] as? [String: Any])
        #expect(told["senderId"] as? String == "ann")
        #expect((said.last?["thumbnail"] as? [String: Int])?["width"] ?? 0 > 0)
    }
}

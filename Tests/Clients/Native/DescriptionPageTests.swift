import Foundation
import TestPrograms
import Testing

@Suite("The page of descriptions in Chromium", .timeLimit(.minutes(15)))
struct DescriptionPageTests {
    @Test(
        """
        every operation of every description can be found, opened and linked to, also by keyboard, without an error of the browser, in \
        two widths and colour schemes, and axe-core finds no violation
        """)
    func views() async throws {
        let service = try TestService.start()
        let finished = try await Python.run("descriptions.py", [service.base])
        try #require(finished.status == 0, "\(finished.errors)")
        let found = try #require(try finished.json() as? [String: Any])
        #expect(found["problems"] as? [String] == [])
        #expect((found["address"] as? String)?.hasSuffix("/openapi/") == true)
        #expect((found["groups"] as? [String])?.contains("Webhooks") == true)
        #expect((found["groups"] as? [String])?.contains("Events") == true)
        #expect((found["focus"] as? String)?.contains("/v1/media") == true)
        #expect((found["code"] as? String)?.contains("media_unreadable") == true)
        #expect((found["fields"] as? [String])?.contains("waveform") == true)
        #expect((found["found"] as? String)?.contains("/v1/webhooks/{id}/rotate") == true)
        #expect(found["directions"] as? [String] == ["Clients send", "The service sends"])
        let descriptions = try #require(found["descriptions"] as? [String])
        for name in ["bananatalk", "imagekit", "intok", "rooms", "signalr"] {
            #expect(descriptions.contains("Events of \(name)"))
        }
    }

    @Test("it needs no token, allows nothing but itself, and is served where the console is switched off")
    func served() async throws {
        let service = try TestService.start(["DARKROOM_CONSOLE": "off"])
        let page = try await service.call("GET", "/openapi/", token: nil)
        #expect(page.status == 200)
        let policy = try #require(page.headers["content-security-policy"])
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
        let etag = try #require(page.headers["etag"])
        let again = try await service.call("GET", "/openapi/", token: nil, headers: ["If-None-Match": etag])
        #expect(again.status == 304 && again.size == 0)
        #expect(try await service.call("GET", "/openapi/nothing.js", token: nil).status == 404)
        // The console's own files are not here.
        #expect(try await service.call("GET", "/openapi/console.js", token: nil).status == 404)
        let list = try await service.call("GET", "/openapi/list.json", token: nil)
        for entry in try #require(list.body["descriptions"] as? [[String: String]]) {
            let document = try await service.call("GET", "/" + (entry["path"] ?? ""), token: nil)
            #expect(document.status == 200 && document.body["info"] is [String: Any], "\(entry)")
        }
    }
}

import Foundation
import ObjectStore
import Testing

@Suite("URLs that repeat")
struct URLValidityTests {
    @Test(
        "within a window every URL is the same; each is valid for seven eighths of its lifetime at least",
        arguments: [(60.0, 7.0), (3600, 450), (604_800, 75_600), (31_536_000, 86_400)])
    func window(lifetime: TimeInterval, window: TimeInterval) {
        let start = Date(timeIntervalSince1970: (1_700_000_000 / window).rounded(.up) * window)
        let first = URLValidity.repeating(lifetime: lifetime, now: start)
        #expect(first.start == start && first.end == start + lifetime)
        for passed in [0, 0.001, window / 2, window - 0.001] {
            let now = start + passed
            #expect(URLValidity.repeating(lifetime: lifetime, now: now) == first)
            #expect(first.start <= now && first.end.timeIntervalSince(now) >= lifetime * 7 / 8)
        }
        #expect(URLValidity.repeating(lifetime: lifetime, now: start + window) != first)
        #expect(URLValidity.repeating(lifetime: lifetime, now: start - 0.001) != first)
    }

    @Test("the URL of an object in a folder repeats within a window")
    func folder() async throws {
        try await withFolder { folder in
            let object = try key("voice/a-1.ogg")
            let now = SignedURLTests.now
            let urls = try [0.0, 1].map { passed in
                try folder.store.presignedURL(
                    object, method: .get, validity: .repeating(lifetime: 604_800, now: now + passed))
            }
            #expect(urls[0] == urls[1])
            let asked = try SignedURLTests.Asked(urls[0])
            #expect(try folder.store.verify(.get, path: asked.path, query: asked.query, now: now) == object)
        }
    }
}

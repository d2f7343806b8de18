import Foundation
import Testing

@testable import ObjectStore

struct SignedURLSpellingTests {
    private static let changes: [@Sendable (String) -> String] = [
        { "/" + $0 }, { $0.replacing("expires=", with: "expires=0") }, { $0 + "&" }, { $0 + "&x=1" },
        { $0.replacing("?", with: "?x=1&") }, { $0.replacing("&", with: "&&") }, { $0 + "=" },
        { String($0.dropFirst()) },
    ]

    @Test("a signed URL has one spelling: no zeros before, no second slash, no other parameters")
    func oneSpelling() throws {
        let urls = SignedURL(baseURL: "", signingKey: Array("key".utf8))
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let url = urls.url(try #require(ObjectKey(validating: "a/b.png")), .get, expires: now + 60)
        func verify(_ url: String) throws {
            let halves = url.split(separator: "?", maxSplits: 1)
            _ = try urls.verify(.get, path: String(halves[0]), query: String(halves[1]), now: now)
        }
        try verify(url)
        for change in Self.changes { #expect(throws: ObjectStoreError.self) { try verify(change(url)) } }
    }
}

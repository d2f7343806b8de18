import Foundation
import ObjectStore
import Testing

struct SignedURLTests {
    static let now = Date(timeIntervalSince1970: 1_700_000_000)
    static let until = now + 300

    /// The parts of a URL that a server receives: the path after the base, and the query.
    struct Asked {
        var path: String
        var query: String?

        init(_ url: String) throws {
            let rest = try #require(url.wholeMatch(of: /http:\/\/localhost:8080\/objects(\/.*)\?(.*)/))
            path = String(rest.1)
            query = String(rest.2)
        }
    }

    @Test("a signed URL opens its object until it expires, and is distinguished from a false one then")
    func expiry() async throws {
        try await withFolder { folder in
            let object = try key("voice/a-1.ogg")
            let asked = try Asked(try folder.store.presignedURL(object, method: .get, expires: Self.until))
            #expect(asked.query?.hasPrefix("expires=1700000300&signature=") == true)
            for seconds in [-1_000_000.0, 0, 299.9] {
                #expect(
                    try folder.store.verify(
                        .get, path: asked.path, query: asked.query, now: Self.now + seconds) == object)
            }
            for seconds in [300.0, 301, 1e9] {
                await expect(.expired) {
                    _ = try folder.store.verify(.get, path: asked.path, query: asked.query, now: Self.now + seconds)
                }
            }
        }
    }

    @Test("a URL for writing binds the type and the length")
    func put() async throws {
        try await withFolder { folder in
            let object = try key("a.png")
            let method = PresignedMethod.put(contentType: "image/png", length: 1000)
            let asked = try Asked(try folder.store.presignedURL(object, method: method, expires: Self.until))
            #expect(try folder.store.verify(method, path: asked.path, query: asked.query, now: Self.now) == object)
            for other in [
                PresignedMethod.get, .put(contentType: "image/jpeg", length: 1000),
                .put(contentType: "image/png", length: 1001), .put(contentType: "", length: 1000),
            ] {
                await expect(.invalidSignature) {
                    _ = try folder.store.verify(other, path: asked.path, query: asked.query, now: Self.now)
                }
            }
        }
    }

    private static let changes: [@Sendable (inout Asked) -> Void] = [
        { $0.path = "/a/c" }, { $0.path = "/a/b/" + "c" }, { $0.query = nil }, { $0.query = "" },
        { $0.query = $0.query?.replacing("expires=1700000300", with: "expires=1700000301") },
        { $0.query = $0.query?.replacing("expires=1700000300", with: "expires=+1700000300") },
        { $0.query = $0.query?.replacing("expires=1700000300", with: "expires=99999999999999999999") },
        { $0.query = ($0.query ?? "") + "&expires=1800000000" },
        { $0.query = ($0.query ?? "") + "&signature=AAAA" },
        { $0.query = String(($0.query ?? "").dropLast()) },
        { $0.query = ($0.query ?? "") + "A" },
        { $0.query = $0.query?.replacing("signature=", with: "signature=%41") },
        { $0.query = "expires=1700000300&signature=" },
        { $0.query = "expires=1700000300" },
        { $0.query = ($0.query ?? "") + "&" + String(repeating: "x", count: 2000) },
    ]

    @Test("any change of a signed URL is rejected", arguments: changes)
    func tampered(change: @Sendable (inout Asked) -> Void) async throws {
        try await withFolder { folder in
            var asked = try Asked(try folder.store.presignedURL(try key("a/b"), method: .get, expires: Self.until))
            change(&asked)
            await expect(.invalidSignature) {
                _ = try folder.store.verify(.get, path: asked.path, query: asked.query, now: Self.now)
            }
        }
    }

    @Test(
        "a path that is no key is rejected before its signature",
        arguments: ["/../a", "//a", "", "/", "/a%2fb", "/a\0"])
    func climbing(path: String) async throws {
        try await withFolder { folder in
            let asked = try Asked(try folder.store.presignedURL(try key("a"), method: .get, expires: Self.until))
            await expect(.invalidKey) {
                _ = try folder.store.verify(.get, path: path, query: asked.query, now: Self.now)
            }
        }
    }

    @Test("another service's key signs nothing here")
    func otherKey() async throws {
        try await withFolder { folder in
            let other = try FolderStore(
                directory: folder.path, baseURL: "http://localhost:8080/objects", signingKey: [1],
                threads: folder.threads)
            let asked = try Asked(try other.presignedURL(try key("a"), method: .get, expires: Self.until))
            await expect(.invalidSignature) {
                _ = try folder.store.verify(.get, path: asked.path, query: asked.query, now: Self.now)
            }
        }
    }

    @Test(
        "any date makes a URL", arguments: [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: .infinity)])
    func anyDate(expires: Date) async throws {
        try await withFolder { folder in
            let asked = try Asked(try folder.store.presignedURL(try key("a"), method: .get, expires: expires))
            #expect(asked.query?.contains("expires=-") == false)
        }
    }
}

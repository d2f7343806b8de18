import Bytes
import Crypto
import Foundation
import ObjectStore
import Testing

@Suite("Presigned URLs of a bucket", .timeLimit(.minutes(5)))
struct PresignedURLTests {
    @Test("a URL for reading gives the object, and changed by a byte nothing", arguments: S3Server.Kind.allCases)
    func get(_ kind: S3Server.Kind) async throws {
        try await S3StoreTests.withStore(kind) { store, server in
            let bytes = pattern(100_000)
            try await store.put("voice/a0.ogg", bytes, type: "audio/ogg")
            let url = try store.presignedURL(try key("voice/a0.ogg"), method: .get, expires: Date() + 300)
            let statuses = try await Boto.get(url, server)
            #expect(statuses["unchanged"] as? Int == 200)
            #expect(statuses["sha256"] as? String == hexEncode(SHA256.hash(bytes)))
            for change in ["signature", "key", "method"] { #expect(statuses[change] as? Int == 403, "\(change)") }
            // rclone does not look at the time.
            guard kind != .rclone else { return }
            let over = try store.presignedURL(try key("voice/a0.ogg"), method: .get, expires: Date() - 60)
            #expect(try await Boto.get(over, server)["unchanged"] as? Int == 403)
        }
    }

    @Test("a URL for reading that repeats within a window opens the object", arguments: S3Server.Kind.allCases)
    func repeating(_ kind: S3Server.Kind) async throws {
        try await S3StoreTests.withStore(kind) { store, server in
            let object = try key("voice/a1.ogg")
            try await store.put("voice/a1.ogg", pattern(1000), type: "audio/ogg")
            let now = Date()
            let validity = URLValidity.repeating(lifetime: 604_800, now: now)
            let url = try store.presignedURL(object, method: .get, validity: validity)
            let again = try store.presignedURL(object, method: .get, validity: validity)
            #expect(url == again)
            #expect(url.contains("X-Amz-Expires=604800&"))
            #expect(try await Boto.get(url, server)["unchanged"] as? Int == 200)
        }
    }

    @Test("a URL for writing accepts what it was made for and nothing else", arguments: S3Server.Kind.allCases)
    func put(_ kind: S3Server.Kind) async throws {
        try await S3StoreTests.withStore(kind) { store, server in
            let method = PresignedMethod.put(contentType: "image/png", length: 1000)
            let url = try store.presignedURL(try key("image/a0.png"), method: method, expires: Date() + 300)
            let statuses = try await Boto.presigned(url, server, type: "image/png", length: 1000)
            #expect(statuses["unchanged"] as? Int == 200)
            let rejected = [
                "signature", "expiry", "credential", "key", "type", "no type", "longer", "shorter", "method",
            ]
            for change in rejected { #expect((400...404).contains(statuses[change] as? Int ?? 0), "\(change)") }
            let info = try #require(try await store.info(try key("image/a0.png")))
            #expect(info.size == 1000 && info.attributes.contentType == "image/png")
        }
    }

    @Test("a URL expires after a week at the latest, and an expired one is rejected")
    func expiry() throws {
        let store = try S3Store(
            S3Configuration(
                endpoint: "http://store", bucket: "media", credentials: .keys(accessKey: "A", secretKey: "S")),
            threads: testThreads)
        let seconds = { (expires: Date) in
            let url = try store.presignedURL(try key("a"), method: .get, expires: expires)
            return try #require(url.firstMatch(of: /X-Amz-Expires=(\d+)&/).flatMap { Int($0.1) })
        }
        #expect((299...300).contains(try seconds(Date() + 300)))
        #expect(try seconds(Date() + 1_000_000) == 604_800)
        #expect(try seconds(Date() - 1_000_000) == 1)
    }

    @Test("URLs name the endpoint that clients outside reach, and are signed for it")
    func publicEndpoint() throws {
        var configuration = S3Configuration(
            endpoint: "http://10.0.0.1:9000", bucket: "media", credentials: .keys(accessKey: "A", secretKey: "S"))
        configuration.publicEndpoint = "https://media.example.com/store"
        let store = try S3Store(configuration, threads: testThreads)
        let url = try store.presignedURL(try key("a/b"), method: .get, expires: Date() + 300)
        #expect(url.hasPrefix("https://media.example.com/store/media/a/b?X-Amz-Algorithm="))
    }
}

import Bytes
import Configuration
import Foundation
import HTTPClient
import Synchronization
import TestPrograms
import TestSupport
import Testing

@testable import ObjectStore

@Suite("Credentials of a role", .timeLimit(.minutes(5)))
struct TemporaryCredentialsTests {
    private static let variables: [String: [String: String]] = [
        "web identity": [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "FOLDER/identity", "AWS_ENDPOINT_URL_STS": "ENDPOINT/",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/media",
        ],
        "container": [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "ENDPOINT/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "FOLDER/authorization",
        ],
        "instance": ["DARKROOM_S3_CREDENTIALS": "instance", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "ENDPOINT/"],
    ]

    /// Calls `body` with the credentials' endpoint, which gives those of `server`, and with the settings of a way to it.
    private static func withEndpoint(
        _ way: String, _ server: S3Server, path: String = "",
        _ body: (Script, [String: String]) async throws -> Void
    ) async throws {
        let script = try Script(
            "Tests/ObjectStore/scripts/credentials.py", ["serve", server.accessKey, server.secretKey])
        let line = try JSONDecoder().decode([String: String].self, from: try await script.line())
        let endpoint = try #require(line["endpoint"]) + path
        try await withPlainFolder { folder in
            try "identity-token-of-a-service-account\n".write(
                toFile: "\(folder)/identity", atomically: true, encoding: .utf8)
            try "token-of-a-container".write(toFile: "\(folder)/authorization", atomically: true, encoding: .utf8)
            let settings = try #require(variables[way]).mapValues {
                $0.replacing("ENDPOINT", with: endpoint).replacing("FOLDER", with: folder)
            }
            try await body(script, settings)
        }
    }

    private static func withPlainFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/darkroom-credentials-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private static func source(_ settings: [String: String]) throws -> S3CredentialSource {
        try S3CredentialSource(SettingsReader(environment: settings), region: "us-east-1")
    }

    @Test(
        "a bucket is used with the credentials of a role, which are renewed once it does not know them",
        arguments: ["web identity", "container", "instance"])
    func bucket(_ way: String) async throws {
        let server = try await S3Server.of(.rclone)
        try await Self.withEndpoint(way, server, path: "/outdated") { script, settings in
            try await server.withBucket { bucket in
                var configuration = server.configuration(bucket)
                configuration.credentials = try Self.source(settings)
                let store = try S3Store(configuration, threads: testThreads)
                #expect(
                    thrown(ObjectStoreError.self) {
                        try store.presignedURL(try key("a"), method: .get, expires: Date() + 60)
                    }?.code == .unavailable)
                #expect(try await store.info(try key("a")) == nil)
                let writer = try await store.write(
                    try key("a"), attributes: S3StoreTests.video, declaredLength: 5)
                try await writer.write(ByteChunk(Array("hello".utf8)))
                _ = try await writer.complete()
                #expect(try await store.bytes("a") == Array("hello".utf8))
                let url = try store.presignedURL(try key("a"), method: .get, expires: Date() + 60)
                #expect(url.contains("X-Amz-Security-Token=temporary"))
                try script.say()
                #expect(try JSONDecoder().decode([String: Int].self, from: try await script.line()) == ["given": 2])
            }
        }
    }

    @Test("botocore takes the same credentials from the same endpoints")
    func botocore() async throws {
        let server = try await S3Server.of(.rclone)
        for (way, name) in [("web identity", "webIdentity"), ("container", "container"), ("instance", "instance")] {
            try await Self.withEndpoint(way, server) { script, settings in
                let fetcher = CredentialFetcher(source: try Self.source(settings), client: try HTTPClient())
                let ours = try await fetcher.fetch()
                try await Self.withPlainFolder { folder in
                    let endpoint = try #require(
                        settings.values.first { $0.hasPrefix("http") }?.split(separator: "/").prefix(2))
                    let line = try await Script(
                        "Tests/ObjectStore/scripts/credentials.py",
                        ["botocore", endpoint.joined(separator: "//"), folder]
                    ).line()
                    let taken = try JSONDecoder().decode([String: [String]].self, from: line)
                    let keys = ours.credentials
                    #expect(taken[name]?.dropFirst() == [keys.accessKey, keys.secretKey, keys.sessionToken ?? ""])
                }
                #expect(try #require(ours.expiry).timeIntervalSinceNow > 3000)
            }
        }
    }

    @Test("credentials are fetched once for many requests, and again before they expire, without anyone waiting")
    func renewal() async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
        let fetched = Mutex(0)
        let gate = AsyncStream<Void>.makeStream()
        let credentials = S3Credentials(now: { time.withLock { $0 } }) { () throws(ObjectStoreError) in
            let count = fetched.withLock { count in
                count += 1
                return count
            }
            if count == 2 { for await _ in gate.stream { break } }
            return TemporaryCredentials(
                credentials: SigV4Credentials(accessKey: "A\(count)", secretKey: "S"),
                expiry: time.withLock { $0 } + 3600)
        }
        #expect(credentials.latest == nil)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await credentials.valid().accessKey } }
            for try await key in group { #expect(key == "A1") }
        }
        #expect(fetched.withLock { $0 } == 1)
        time.withLock { $0 += 3400 }
        // The second fetch waits; the first credentials are valid.
        #expect(try await credentials.valid().accessKey == "A1")
        #expect(credentials.latest?.accessKey == "A1")
        gate.continuation.yield()
        while try await credentials.valid().accessKey != "A2" { await Task.yield() }
        time.withLock { $0 += 4000 }
        #expect(try await credentials.valid().accessKey == "A3")
    }

    @Test("what an endpoint answers instead of credentials is an error that says so")
    func invalid() {
        let answers = [
            "", "[]", "{}", #"{"Code":"Failed","AccessKeyId":"A","SecretAccessKey":"S"}"#,
            #"{"AccessKeyId":"A\r\nX: y","SecretAccessKey":"S"}"#, #"{"AccessKeyId":"A","SecretAccessKey":""}"#,
            #"{"AccessKeyId":"A","SecretAccessKey":"S","Expiration":"tomorrow"}"#, "<html/>",
        ]
        for answer in answers {
            #expect(throws: ObjectStoreError.self) { try TemporaryCredentials(metadata: Array(answer.utf8)) }
        }
        for answer in [
            "", "<a/>", "<A><AssumeRoleWithWebIdentityResult><Credentials/></AssumeRoleWithWebIdentityResult></A>",
        ] {
            #expect(throws: ObjectStoreError.self) { try TemporaryCredentials(assumedRole: Array(answer.utf8)) }
        }
    }

    @Test("a setting that is missing or not valid is named")
    func settings() {
        let wrong: [([String: String], String)] = [
            ([:], "AWS_ACCESS_KEY_ID"), (["AWS_ACCESS_KEY_ID": "A"], "AWS_SECRET_ACCESS_KEY"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/x"], "AWS_ROLE_ARN"),
            (["DARKROOM_S3_CREDENTIALS": "container"], "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "x"], "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
            (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///x"], "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            (["DARKROOM_S3_CREDENTIALS": "role"], "DARKROOM_S3_CREDENTIALS"),
        ]
        for (environment, variable) in wrong {
            do {
                _ = try Self.source(environment)
                Issue.record("accepted: \(environment)")
            } catch {
                #expect((error as? SettingError)?.variable == variable, "\(environment)")
            }
        }
    }

    @Test("a token file that cannot be read is named, and no answer of the endpoint repeats its token in a message")
    func failures() async throws {
        let server = try await S3Server.of(.rclone)
        try await Self.withEndpoint("web identity", server) { _, settings in
            var changed = settings
            changed["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/other"
            let client = try HTTPClient()
            var source = try Self.source(changed)
            var error = await thrown(ObjectStoreError.self) {
                try await CredentialFetcher(source: source, client: client).fetch()
            }
            #expect(
                error?.message.contains("400 InvalidIdentityToken") == true
                    && "\(String(describing: error))".contains("identity-token") == false)
            changed["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nowhere"
            source = try Self.source(changed)
            error = await thrown(ObjectStoreError.self) {
                try await CredentialFetcher(source: source, client: client).fetch()
            }
            #expect(error?.message.contains("/nowhere") == true)
            #expect(error.map { "\($0)" }?.contains("cannot read /nowhere: No such file or directory") == true)
        }
    }
}

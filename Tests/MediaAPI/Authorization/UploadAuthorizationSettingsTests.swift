import Configuration
import Foundation
import TestSupport
import Testing

@testable import MediaAPI

@Suite("upload.authorize: settings")
struct UploadAuthorizationSettingsTests {
    private static let valid = [
        "URL": "https://chat.example.org/authorize", "SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ]

    private func settings(_ variables: [String: String], isPrivate: Bool = false) throws
        -> UploadAuthorizationSettings?
    {
        let environment = Dictionary(variables.map { ("DARKROOM_UPLOAD_AUTHORIZE_\($0.key)", $0.value) }) { $1 }
        return try UploadAuthorizationSettings(
            SettingsReader(environment: environment), allowsPrivateAddresses: isPrivate)
    }

    @Test("without a URL no one is asked; with one, uploads without an answer are refused after 5 s")
    func defaults() throws {
        #expect(try settings(["SECRET": Self.valid["SECRET"] ?? ""]) == nil)
        let found = try #require(try settings(Self.valid))
        #expect(found.timeout == .seconds(5) && found.concurrency == 32 && !found.acceptsUnanswered)
        let allowing = try settings(Self.valid.merging(["FAILURE": "allow", "TIMEOUT": "100"]) { $1 })
        #expect(allowing?.acceptsUnanswered == true && allowing?.timeout == .milliseconds(100))
    }

    private static let invalidValues: [String: String] = [
        "URL": "ftp://a", "SECRET": "x", "SECRET_FILE": "/nowhere/at/all", "TIMEOUT": "30001", "FAILURE": "yes",
        "CONCURRENCY": "0",
    ]

    @Test("what is not valid ends the start", arguments: invalidValues.keys.sorted())
    func invalid(name: String) {
        let error = thrown(SettingError.self) {
            _ = try settings(Self.valid.merging([name: Self.invalidValues[name] ?? ""]) { $1 })
        }
        #expect(error?.variable == "DARKROOM_UPLOAD_AUTHORIZE_\(name)")
    }

    @Test("a URL needs a secret; http and this host need the setting of webhooks")
    func requirements() throws {
        let missing = thrown(SettingError.self) { _ = try settings(["URL": "https://chat.example.org/"]) }
        #expect(missing?.variable == "DARKROOM_UPLOAD_AUTHORIZE_SECRET")
        for url in ["http://chat.example.org/", "https://127.0.0.1/", "https://localhost:1/", "https://[::1]/"] {
            let variables = Self.valid.merging(["URL": url]) { $1 }
            #expect(thrown(SettingError.self) { _ = try settings(variables) } != nil, "\(url)")
            #expect(try settings(variables, isPrivate: true)?.url == url)
        }
    }
}

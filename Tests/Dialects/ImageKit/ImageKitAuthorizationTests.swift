import ChatBridge
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import HTTPServer
import Testing

@testable import ImageKit
@testable import MediaAPI

struct ImageKitAuthorizationTests {
    private let keys = ImageKitKeys(publicKey: "public", privateKey: "private", urlEndpoint: "")
    private let date = Date(timeIntervalSince1970: 1_705_314_600)

    private func authorization(_ basic: String? = nil, onBehalfOf user: String? = nil) throws -> ImageKitAuthorization {
        var headers: HTTPFields = [:]
        if let basic { headers["Authorization"] = "Basic " + Data(basic.utf8).base64EncodedString() }
        headers["X-On-Behalf-Of"] = user
        let date = date
        let service = ImageKitService(
            core: ChatCore(
                store: try SQLiteChatStore(path: ":memory:"), ids: ObjectIDGenerator(), now: { date }, wake: {}),
            urls: { $0 })
        return try ImageKitAuthorization(
            HTTPRequest(method: .post, target: "/", headers: headers), keys: keys, service: service, now: { date })
    }

    private func fields(_ token: String, expiringIn seconds: Int = 60) -> [(String, String)] {
        let expire = String(Int(date.timeIntervalSince1970) + seconds)
        return [
            ("publicKey", "public"), ("token", token), ("expire", expire),
            ("signature", keys.signature(token: token, expire: expire)),
        ]
    }

    @Test("a file that comes before its sender is known may be less large")
    func unauthenticated() async throws {
        let authorization = try authorization()
        #expect(await authorization.maximumBytes == ImageKitLimits().maximumUnauthenticatedBytes)
        for (name, text) in fields(ImageKitToken.make(for: "ann")) {
            _ = try await authorization.accept(name, text) { _ in }
        }
        #expect(await authorization.maximumBytes == .max)
        #expect(try await authorization.owner() == .user("ann"))
        #expect(try await self.authorization("private:").maximumBytes == .max)
    }

    @Test("the private key acts for the chat server, or for whom it names; no other key does, and none is no key")
    func privateKey() async throws {
        #expect(try await authorization("private:").owner() == .service)
        #expect(try await authorization("private:any password").owner() == .service)
        #expect(try await authorization("private:", onBehalfOf: "ann").owner() == .user("ann"))
        #expect(throws: APIError.self) { try authorization("privat:") }
        #expect(throws: APIError.self) { try authorization("public:") }
        #expect(throws: APIError.self) { try authorization("private:", onBehalfOf: "") }
        let none = try authorization(":do_not_set")
        await #expect(throws: APIError.self) { try await none.owner() }
    }

    @Test("digits cannot be moved between a token and its time", arguments: [-1, 1])
    func movedDigits(digits: Int) async throws {
        let token = "0f8fad5b-d9cb-469f-a165-708677281111"
        var fields = Dictionary(uniqueKeysWithValues: fields(token))
        let whole = token + (fields["expire"] ?? "")
        fields["token"] = String(whole.prefix(token.count + digits))
        fields["expire"] = String(whole.dropFirst(token.count + digits))
        let authorization = try authorization()
        await #expect(throws: APIError.self) {
            for (name, text) in fields { _ = try await authorization.accept(name, text) { _ in } }
        }
    }
}

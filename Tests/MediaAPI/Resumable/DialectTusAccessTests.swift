import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Access to resumable uploads of chat systems")
struct DialectTusAccessTests {
    private static let withConversations = ["rooms", "imagekit", "intok"]

    @Test("an outsider begins no upload for a conversation", arguments: withConversations)
    func outsider(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        let response = await fixture.create(user: "eve")
        #expect([.forbidden, .notFound].contains(response.status), "\(response.text)")
        #expect(response.headers["Tus-Resumable"] == "1.0.0")
    }

    @Test("an upload is its owner's alone, and a forged token opens nothing", arguments: DialectTusFixture.names)
    func owners(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision(["ann", "bob"])
        let path = try await fixture.create().path
        let forged = TokenSigner(secret: [1]).token(subject: "ann", issued: Date(), lifetime: nil)
        let fields: HTTPFields = ["Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"]
        for method in [HTTPMethod.head, .patch, .delete, .get] {
            #expect(await fixture.call(method, path, fields, [1], user: "bob").status == .notFound, "\(method)")
            #expect(await fixture.call(method, path, fields, [1], token: forged).status == .unauthorized)
        }
        let forgedCreation = await fixture.call(.post, fixture.path, ["Upload-Length": "1"], token: forged)
        #expect(forgedCreation.status == .unauthorized)
        // Not by the native API, and not in another chat system either.
        let native = await fixture.tus.head(path.replacing("/\(name)/", with: "/v1/"))
        #expect(native.status == .notFound)
        let other = name == "rooms" ? "signalr" : "rooms"
        #expect(await fixture.call(.head, path.replacing("/\(name)/", with: "/\(other)/")).status == .notFound)
        #expect(await fixture.call(.head, path).headers["Upload-Offset"] == "0")
    }

    @Test("a member who was removed meanwhile sends nothing, and the upload has ended", arguments: withConversations)
    func removedMember(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision(["ann", "bob", "cleo"])
        let (path, size) = (try await fixture.create().path, DialectTusFixture.bytes.count)
        #expect(await fixture.patch(path, 0..<5000).status == .noContent)
        try await fixture.provision(["bob", "cleo"])
        let last = await fixture.patch(path, 5000..<size)
        #expect([.forbidden, .notFound].contains(last.status), "\(last.status) \(last.text)")
        #expect(await fixture.call(.head, path).status == .gone)
        #expect(fixture.tus.files == [])
    }

    @Test("a user who was blocked meanwhile sends nothing")
    func blocked() async throws {
        let fixture = try DialectTusFixture("imagekit")
        try await fixture.provision()
        let path = try await fixture.create().path
        let block = await fixture.call(.post, "/imagekit/api/chats/c1/block", user: "bob")
        #expect(block.status == .ok, "\(block.text)")
        let last = await fixture.patch(path, 0..<DialectTusFixture.bytes.count)
        #expect(last.status == .forbidden, "\(last.text)")
        #expect(await fixture.call(.head, path).status == .gone)
        #expect(fixture.tus.files == [])
        #expect(await fixture.create().status == .forbidden)
    }

    @Test("errors have the envelope of the chat system", arguments: DialectTusFixture.names)
    func envelopes(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        let path = try await fixture.create().path
        let conflict = await fixture.patch(path, 5..<10)
        #expect(conflict.status == .conflict && conflict.headers["Cache-Control"] == "no-store")
        let own = ["bananatalk": "error", "rooms": "error", "signalr": "error", "imagekit": "status", "intok": "code"]
        let json = try JSONValue(parsing: conflict.text)
        #expect(json[own[name] ?? ""] != nil && json["type"] == nil, "\(conflict.text)")
        let typed = await fixture.call(.patch, path, ["Content-Type": "image/png", "Upload-Offset": "0"], [1])
        #expect(typed.status == .unsupportedMediaType)
        let other = await fixture.tus.call(.head, path, version: "0.2.2")
        #expect(other.status == .preconditionFailed && other.headers["Tus-Version"] == "1.0.0")
        let put = await fixture.call(.put, path)
        #expect(put.status.rawValue >= 400 && put.headers["Tus-Resumable"] == "1.0.0")
        let options = await fixture.call(.options, fixture.path, token: "none")
        #expect(options.status == .noContent && options.headers["Tus-Max-Size"] != nil)
    }

    @Test(
        "what the ordinary call rejects, a resumable upload does when it is begun", arguments: DialectTusFixture.names)
    func rejectedAtCreation(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        let wrong: [String: [String: String]] = [
            "bananatalk": ["receiver": "ann"], "rooms": ["type": "song"], "imagekit": ["chatId": ""],
            "intok": ["contentType": "video/x-flv"], "signalr": ["filename": "\u{1}"],
        ]
        let metadata = fixture.metadata.merging(wrong[name] ?? [:]) { $1 }
        let response = await fixture.create(metadata)
        #expect(response.status == .badRequest, "\(response.text)")
        let options = await fixture.call(.options, fixture.path)
        let maximum = try #require(options.headers["Tus-Max-Size"].flatMap { Int($0) })
        let large = await fixture.call(
            .post, fixture.path,
            ["Upload-Length": "\(maximum + 1)", "Upload-Metadata": DialectTusFixture.field(fixture.metadata)])
        #expect([.badRequest, .contentTooLarge].contains(large.status), "\(large.text)")
        #expect(try await fixture.count() == 0)
    }

    @Test("a file of another kind than the message's type is rejected at its first bytes")
    func wrongKind() async throws {
        let fixture = try DialectTusFixture("rooms")
        try await fixture.provision()
        let path = try await fixture.create(fixture.metadata.merging(["type": "video"]) { $1 }).path
        let response = await fixture.patch(path, 0..<5000)
        #expect(response.status == .badRequest, "\(response.text)")
        #expect(await fixture.call(.head, path).status == .gone)
        let voice = try DialectTusFixture("bananatalk")
        let other = try await voice.create(voice.metadata.merging(["kind": "voice"]) { $1 }).path
        #expect(await voice.patch(other, 0..<5000).status == .badRequest)
        #expect(voice.tus.files == [])
    }

    @Test("a file is made of partial uploads, which need no fields", arguments: DialectTusFixture.names)
    func concatenation(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        var paths: [String] = []
        for range in [0..<5000, 5000..<DialectTusFixture.bytes.count] {
            let part = await fixture.call(
                .post, fixture.path, ["Upload-Length": "\(range.count)", "Upload-Concat": "partial"])
            let path = try part.path
            let fields: HTTPFields = ["Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"]
            let response = await fixture.call(.patch, path, fields, Array(DialectTusFixture.bytes[range]))
            #expect(response.status == .noContent, "\(response.text)")
            paths.append(path)
        }
        let final = await fixture.call(
            .post, fixture.path,
            [
                "Upload-Concat": "final;" + paths.joined(separator: " "),
                "Upload-Metadata": DialectTusFixture.field(fixture.metadata),
            ])
        #expect(final.status == .created, "\(final.text)")
        _ = try fixture.result(final)
        #expect(try await fixture.count() == 1)
        for path in paths { #expect(await fixture.call(.head, path).status == .gone) }
    }
}

import Bytes
import ChatBridge
import Foundation
import JSON
import ObjectStore
import TestPrograms
import Testing

@testable import Darkroom
@testable import HTTPServer
@testable import MediaAPI

@Suite("upload.authorize: every way of uploading")
struct UploadWayTests {
    /// A service of all chat systems with a conversation, a set of stickers, and an object that others have written.
    private func fixture(_ hook: FakeUploadHook) async throws -> TusFixture {
        let fixture = try TusFixture(dialects: DialectModules.all, authorizer: hook.authorizer())
        for dialect in DialectTusFixture.names {
            let body: JSONValue = ["dialect": .string(dialect), "members": ["ann", "bob"]]
            let made = await fixture.call(
                .put, "/v1/conversations/c1", ["Content-Type": "application/json"],
                body: RequestBody(ByteChunk(body.encoded())), user: nil)
            // Not every chat system has conversations that others make.
            try #require(made.status.rawValue < 300, "\(made.text)")
        }
        let set: JSONValue = ["name": "Set", "category": "fun"]
        let defined = await fixture.call(
            .put, "/rooms/api/v1/chat/stickers/sets/s1", ["Content-Type": "application/json"],
            body: RequestBody(ByteChunk(set.encoded())), user: nil)
        try #require(defined.status.rawValue < 300, "\(defined.text)")
        let key = try #require(ObjectKey(validating: "others/a.pdf"))
        let writer = try await fixture.objects.write(
            key, attributes: ObjectAttributes(contentType: "application/pdf"), declaredLength: nil)
        try await writer.write(ByteChunk(UploadCall.bytes))
        _ = try await writer.complete()
        return fixture
    }

    private func send(_ call: UploadCall, to fixture: TusFixture) async throws -> HTTPResponse {
        var (fields, body) = (call.fields, call.body)
        let user = TokenSigner(secret: TusFixture.secret).token(subject: "ann", issued: Date(), lifetime: nil)
        switch call.sender {
        case .serviceForUser, .service: break
        case .user: fields["Authorization"] = "Bearer \(user)"
        case .form:
            let token = await fixture.call(.get, "/imagekit/api/media/get-upload-token", user: nil, token: user)
            let data = try #require(try JSONValue(parsing: token.text)["data"], "\(token.text)")
            var more = ["fileName": "a.pdf"]
            for name in ["token", "signature", "publicKey"] { more[name] = data[name]?.stringValue }
            more["expire"] = data["expire"]?.integerValue.map(String.init)
            body = Form.body(["folder": "/x"], file: "file", more: more)
            fields["Authorization"] = ""
        }
        let isService = call.sender == .serviceForUser || call.sender == .service
        return await fixture.call(
            .post, call.path, fields, body: RequestBody(ByteChunk(body)),
            user: call.sender == .serviceForUser ? "ann" : nil, version: fields["Tus-Resumable"],
            token: isService ? nil : call.sender == .user ? user : "")
    }

    private func check(_ question: JSONValue, of call: UploadCall) {
        #expect(question["way"]?.stringValue == call.way.rawValue, "\(call.path)")
        #expect(question["dialect"]?.stringValue == call.dialect, "\(call.path)")
        let user = call.sender == .service ? nil : "ann"
        #expect(question["user"]?.stringValue == user, "\(call.path)")
        #expect(question["path"]?.stringValue == call.path.split(separator: "?").first.map(String.init))
        let text = question.encodedText()
        #expect(!text.contains("\"signature\"") && !text.contains("\"token\""), "\(text)")
    }

    @Test(
        "what the chat server refuses is 403 with its reason, and no byte of it is stored, by every call that uploads")
    func refused() async throws {
        let hook = FakeUploadHook { .refused(reason: "No, thanks") }
        let fixture = try await fixture(hook)
        let (before, calls) = (fixture.files, try UploadCall.all)
        for call in calls {
            let asked = hook.questions.count
            let answer = try await send(call, to: fixture)
            // Files of a form are refused one by one.
            let expected = call.path.hasSuffix("bulk-upload") ? 200 : 403
            #expect(answer.status.rawValue == expected, "\(call.path): \(answer.status) \(answer.text)")
            #expect(answer.text.contains("No, thanks"), "\(call.path): \(answer.text)")
            try #require(hook.questions.count == asked + 1, "\(call.way) \(call.path): \(answer.text)")
            check(hook.questions[asked], of: call)
            #expect(fixture.files == before, "\(call.path)")
        }
        let ways = Set(calls.map { $0.way })
        #expect(ways == Set(UploadWay.allCases))
    }

    @Test("where the chat server does not say, every call that uploads is 503, with the time to come back")
    func unavailable() async throws {
        let hook = FakeUploadHook(failing: "status 500")
        let fixture = try await fixture(hook)
        let before = fixture.files
        for call in try UploadCall.all {
            let answer = try await send(call, to: fixture)
            #expect(answer.status == .serviceUnavailable, "\(call.path): \(answer.status) \(answer.text)")
            #expect(answer.headers["Retry-After"] == "5", "\(call.path)")
            #expect(fixture.files == before, "\(call.path)")
        }
    }

    @Test("what the chat server accepts goes on, and it is asked once")
    func accepted() async throws {
        let hook = FakeUploadHook { .accepted }
        let fixture = try await fixture(hook)
        for call in try UploadCall.all {
            let asked = hook.questions.count
            let answer = try await send(call, to: fixture)
            let isRefused = [403, 500, 503].contains(answer.status.rawValue)
            #expect(!isRefused, "\(call.path): \(answer.text)")
            #expect(hook.questions.count == asked + 1, "\(call.way) \(call.path)")
        }
    }

    @Test("no other source begins an upload, and every chat system's resumable uploads are among the calls")
    func complete() throws {
        let calls = try UploadCall.all
        let begins = [
            "UploadFormSpecification(\n", "UploadBatchSpecification(\n", "PresignedUpload(\n", ".insert(upload, within",
            "importer.register(", "pipeline.begin(",
        ]
        var sources: Set<String> = []
        for folder in ["Sources/MediaAPI", "Sources/Dialects"] {
            let files = FileManager.default.enumerator(at: Project.file(folder), includingPropertiesForKeys: nil)
            let urls = try #require(files?.allObjects as? [URL])
            for file in urls where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                if begins.contains(where: { text.contains($0) }) { sources.insert(file.lastPathComponent) }
            }
        }
        // What receives the forms of the others.
        let expected = Set(calls.map { $0.source })
        sources.subtract(["UploadForm.swift", "UploadBatch.swift"])
        #expect(sources == expected)
        for module in DialectModules.all {
            let ways = Set(calls.filter { $0.dialect == module.dialect.rawValue }.map { $0.way })
            #expect(ways.isSuperset(of: [.tus, .resumable]), "\(module.dialect)")
        }
    }
}

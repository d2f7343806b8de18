import Bytes
import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import ObjectStore
import Synchronization
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Resumable uploads by the IETF's draft")
struct DraftUploadTests {
    /// The interim responses to a request.
    private final class Interim: Sendable {
        private let received = Mutex<[(HTTPStatus, HTTPFields)]>([])

        var all: [(status: HTTPStatus, fields: HTTPFields)] {
            received.withLock { $0.map { (status: $0.0, fields: $0.1) } }
        }
        var sender: @Sendable (HTTPStatus, HTTPFields) -> Void {
            { status, fields in self.received.withLock { $0.append((status, fields)) } }
        }
    }

    private static let partial = "application/partial-upload"

    private func call(
        _ fixture: TusFixture, _ method: HTTPMethod, _ path: String, _ fields: HTTPFields = [:], _ bytes: [UInt8] = [],
        user: String? = "ann", interim: Interim? = nil
    ) async -> HTTPResponse {
        await call(fixture, method, path, fields, RequestBody(ByteChunk(bytes)), user: user, interim: interim)
    }

    private func call(
        _ fixture: TusFixture, _ method: HTTPMethod, _ path: String, _ fields: HTTPFields = [:], _ body: RequestBody,
        user: String? = "ann", interim: Interim? = nil
    ) async -> HTTPResponse {
        var fields = fields
        fields["Authorization"] =
            "Bearer "
            + TokenSigner(secret: TusFixture.secret).token(
                subject: "service", isService: true, issued: Date(), lifetime: nil)
        fields["X-On-Behalf-Of"] = user
        var request = HTTPRequest(method: method, target: path, headers: fields, body: body)
        request.interimSender = interim?.sender
        return await fixture.service.respond(to: request)
    }

    private func patch(
        _ fixture: TusFixture, _ path: String, at offset: Int, _ bytes: [UInt8], isLast: Bool, _ more: HTTPFields = [:]
    ) async -> HTTPResponse {
        var fields = more
        fields["Content-Type"] = Self.partial
        fields["Upload-Offset"] = "\(offset)"
        fields["Upload-Complete"] = isLast ? "?1" : "?0"
        return await call(fixture, .patch, path, fields, bytes)
    }

    @Test(
        "a retry by Idempotency-Key of an upload that broke off is told where it continues, and of one that is complete gets its answer",
        arguments: StoreEngine.own)
    func retried(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 5000)
        let fields: HTTPFields = ["Upload-Complete": "?0", "Idempotency-Key": "k1"]
        let body = SentBody()
        async let first = call(fixture, .post, "/v1/resumable", fields, body.body)
        body.send(Array(bytes.prefix(PartwiseWrite.partSize)))
        try await body.wasRead(PartwiseWrite.partSize)
        body.breakOff()
        #expect(await first.status != .created)
        let retry = await call(fixture, .post, "/v1/resumable", fields, bytes)
        #expect(retry.status == .created && retry.headers["Upload-Complete"] == "?0", "\(retry.text)")
        let offset = try #require(retry.headers["Upload-Offset"].flatMap { Int($0) })
        #expect((1...PartwiseWrite.partSize).contains(offset))
        let path = try #require(retry.headers["Location"]).replacing("http://localhost", with: "")
        let finished = await patch(fixture, path, at: offset, Array(bytes[offset...]), isLast: true)
        #expect(finished.status == .created, "\(finished.text)")
        #expect(try await fixture.stored(finished) == bytes)
    }

    @Test("an upload that broke off is not kept where its client knows no URL of it", arguments: StoreEngine.own)
    func unknown(_ engine: StoreEngine) async throws {
        let settings = ResumableSettings(allowance: UploadAllowance(files: 1, bytes: 8 << 30))
        let fixture = try TusFixture(engine, settings: settings)
        for _ in 1...3 {
            let body = SentBody()
            async let broken = call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?0"], body.body)
            body.send(TusFixture.bytes(PartwiseWrite.partSize))
            try await body.wasRead(PartwiseWrite.partSize)
            body.breakOff()
            // Not because there is another one.
            #expect(await broken.status != .tooManyRequests)
        }
        let whole = await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?1"], [1, 2, 3])
        #expect(whole.status == .created, "\(whole.text)")
    }

    @Test(
        "an upload in one request is answered as POST /v1/media, after 104 with the upload's URL",
        arguments: StoreEngine.own)
    func once(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 5000)
        let interim = Interim()
        let response = await call(
            fixture, .post, "/v1/resumable",
            [
                "Upload-Complete": "?1", "Upload-Draft-Interop-Version": "8",
                "Content-Disposition": "inline; filename=\"a b.bin\"",
            ], bytes, interim: interim)
        #expect(response.status == .created && response.headers["Upload-Complete"] == "?1", "\(response.text)")
        let json = try JSONValue(parsing: response.text)
        #expect(json["originalName"] == "a b.bin" && json["fileSize"]?.integerValue == bytes.count)
        #expect(try await fixture.stored(response) == bytes)
        let first = try #require(interim.all.first)
        #expect(first.status.rawValue == 104 && first.fields["Upload-Draft-Interop-Version"] == "8")
        let upload = try #require(first.fields["Location"]).replacing("http://localhost", with: "")
        #expect(upload.hasPrefix("/v1/resumable/"))
        #expect(first.fields["Upload-Limit"]?.contains("max-size=1073741824, max-age=") == true)
        // Then the progress, without a location.
        let progress = interim.all.dropFirst()
        #expect(progress.first?.fields["Upload-Offset"] == "\(PartwiseWrite.partSize)")
        #expect(progress.allSatisfy { $0.fields["Location"] == nil })
        let head = await call(fixture, .head, upload)
        #expect(head.headers["Upload-Complete"] == "?1" && head.headers["Darkroom-Media"] != nil)
        #expect(fixture.files.count == 1)
    }

    @Test("a client of another version gets no interim response")
    func otherVersions() async throws {
        let fixture = try TusFixture()
        for version in [nil, "7", "x", "80"] as [String?] {
            let interim = Interim()
            var fields: HTTPFields = ["Upload-Complete": "?1"]
            fields["Upload-Draft-Interop-Version"] = version
            let response = await call(
                fixture, .post, "/v1/resumable", fields, TusFixture.bytes(5000), interim: interim)
            #expect(response.status == .created)
            #expect(interim.all.isEmpty)
        }
    }

    @Test("an upload in parts is complete when the client says so, and not when its length has arrived")
    func parts() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(9000)
        let created = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?0", "Upload-Length": "9000"],
            Array(bytes.prefix(100)))
        #expect(created.status == .created && created.headers["Upload-Complete"] == "?0", "\(created.text)")
        let path = try created.path
        let second = await patch(fixture, path, at: 100, Array(bytes[100...]), isLast: false)
        #expect(second.status == .noContent && second.headers["Upload-Complete"] == "?0", "\(second.text)")
        let head = await call(fixture, .head, path)
        #expect(head.status == .noContent && head.headers["Cache-Control"] == "no-store")
        #expect(head.headers["Upload-Offset"] == "9000" && head.headers["Upload-Length"] == "9000")
        #expect(head.headers["Upload-Complete"] == "?0" && head.headers["Upload-Limit"]?.contains("max-age") == true)
        let last = await patch(fixture, path, at: 9000, [], isLast: true)
        #expect(last.status == .created && last.headers["Upload-Complete"] == "?1", "\(last.text)")
        #expect(try await fixture.stored(last) == bytes)
        let again = await patch(fixture, path, at: 9000, [], isLast: true)
        #expect(again.status == .badRequest && again.text.contains("#completed-upload"))
        let more = await patch(fixture, path, at: 9000, [1], isLast: true)
        #expect(more.status == .badRequest && more.text.contains("#inconsistent-upload-length"))
        #expect(fixture.files.count == 1)
    }

    @Test("another offset is 409 with the one that is right, and changes nothing")
    func offsets() async throws {
        let fixture = try TusFixture()
        let path = try await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?0"], [200, 1, 2]).path
        for offset in [0, 2, 4] {
            let response = await patch(fixture, path, at: offset, [9], isLast: false)
            #expect(response.status == .conflict && response.headers["Upload-Offset"] == "3")
            let json = try JSONValue(parsing: response.text)
            #expect(json["type"]?.stringValue == DraftUploadRoutes.problemTypes + "mismatching-upload-offset")
            #expect(json["expected-offset"] == 3 && json["provided-offset"]?.integerValue == offset)
        }
        #expect(await call(fixture, .head, path).headers["Upload-Offset"] == "3")
    }

    @Test("lengths that contradict each other are 400; more bytes than were announced end the upload")
    func lengths() async throws {
        let fixture = try TusFixture()
        let wrong = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?1", "Upload-Length": "9"], [200, 1])
        #expect(wrong.status == .badRequest && wrong.text.contains("#inconsistent-upload-length"))
        let path = try await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?0", "Upload-Length": "10"], [200]
        ).path
        let other = await patch(fixture, path, at: 1, [1], isLast: false, ["Upload-Length": "11"])
        #expect(other.status == .badRequest && other.text.contains("#inconsistent-upload-length"))
        let early = await patch(fixture, path, at: 1, [1, 2], isLast: true)
        #expect(early.status == .badRequest && early.text.contains("#inconsistent-upload-length"))
        #expect(await call(fixture, .head, path).headers["Upload-Offset"] == "1")
        let tooMany = await patch(fixture, path, at: 1, TusFixture.bytes(10), isLast: false)
        #expect(tooMany.status == .badRequest && tooMany.text.contains("#inconsistent-upload-length"))
        #expect(await call(fixture, .head, path).status == .gone)
        let large = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?0", "Upload-Length": "1073741825"])
        #expect(large.status == .contentTooLarge)
        #expect(fixture.files == [])
    }

    @Test("fields and bytes of another form are rejected; OPTIONS says what is supported")
    func forms() async throws {
        let fixture = try TusFixture()
        for complete in [nil, "1", "true", "?2", ""] as [String?] {
            var fields: HTTPFields = [:]
            fields["Upload-Complete"] = complete
            #expect(await call(fixture, .post, "/v1/resumable", fields, [200]).status == .badRequest)
        }
        let path = try await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?0"], [200]).path
        let typed = await call(
            fixture, .patch, path,
            ["Upload-Complete": "?0", "Upload-Offset": "1", "Content-Type": "application/offset+octet-stream"], [1])
        #expect(typed.status == .unsupportedMediaType)
        let options = await call(fixture, .options, path)
        #expect(options.headers["Accept-Patch"] == Self.partial && options.headers["Upload-Limit"] != nil)
        #expect(await call(fixture, .head, path, user: "bob").status == .notFound)
        // The chat server continues the uploads of all.
        let more: HTTPFields = ["Upload-Complete": "?0", "Upload-Offset": "1", "Content-Type": Self.partial]
        #expect(await call(fixture, .patch, path, more, [1], user: nil).status == .noContent)
        #expect(await call(fixture, .delete, path, user: "bob").status == .notFound)
        #expect(await call(fixture, .delete, path).status == .noContent)
        #expect(await call(fixture, .head, path).status == .gone)
        let empty = await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?1"])
        #expect(empty.status == .badRequest && empty.code == "media_empty")
        #expect(empty.headers["Upload-Complete"] == "?1")
    }

    @Test("what breaks off stays, and a file that is rejected at its end is answered so, with Upload-Complete")
    func brokenAndRejected() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(9000)
        let path = try await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?0"]).path
        let body = SentBody()
        let fields: HTTPFields = [
            "Upload-Complete": "?1", "Upload-Offset": "0", "Content-Type": Self.partial,
        ]
        async let broken = call(fixture, .patch, path, fields, body.body)
        body.send(Array(bytes.prefix(5000)))
        try await body.wasRead(5000)
        body.breakOff()
        _ = await broken
        let head = await call(fixture, .head, path)
        #expect(head.headers["Upload-Offset"] == "5000" && head.headers["Upload-Complete"] == "?0")
        let last = await patch(fixture, path, at: 5000, Array(bytes[5000...]), isLast: true)
        #expect(try await fixture.stored(last) == bytes)
        let rejected = await call(
            fixture, .post, "/v1/resumable",
            ["Upload-Complete": "?1", "Content-Disposition": "inline; filename=rejected.bin"], bytes)
        #expect(rejected.status == .unprocessableContent && rejected.headers["Upload-Complete"] == "?1")
        let kind = await call(fixture, .post, "/v1/resumable?kind=video", ["Upload-Complete": "?1"], bytes)
        #expect(kind.status == .unsupportedMediaType, "\(kind.text)")
        #expect(fixture.files.count == 1)
    }

    @Test(
        "users upload to chat systems with the fields of the ordinary call in the query",
        arguments: DialectTusFixture.names)
    func chatSystems(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        let query = fixture.metadata.map { key, value in
            "\(key)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
        let path = "/\(name)/resumable?\(query)"
        let size = DialectTusFixture.bytes.count
        let created = await fixture.call(
            .post, path, ["Upload-Complete": "?0"], Array(DialectTusFixture.bytes.prefix(5000)))
        let upload = try #require(try? created.path, "\(created.text)")
        let fields: HTTPFields = ["Content-Type": Self.partial, "Upload-Offset": "5000", "Upload-Complete": "?1"]
        #expect(await fixture.call(.head, upload, user: "bob").status == .notFound)
        let last = await fixture.call(.patch, upload, fields, Array(DialectTusFixture.bytes[5000..<size]))
        #expect(last.headers["Upload-Complete"] == "?1", "\(last.text)")
        let result = try fixture.result(last)
        #expect(last.text.contains(result))
        if let ordinary = await fixture.ordinaryAnswer() { #expect(last.status == ordinary.status) }
        #expect(try fixture.result(await fixture.call(.head, upload)) == result)
    }
}

import Bytes
import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import ObjectStore
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Resumable uploads by the core of tus")
struct TusCoreTests {
    @Test("an upload in several requests becomes a medium with its exact bytes", arguments: StoreEngine.own)
    func upload(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize * 2 + 12_345)
        let path = try await fixture.create(
            bytes.count, ["Upload-Metadata": "filename \(Data("a.bin".utf8).base64EncodedString()),empty"])
        var offset = 0
        // Less than the first bytes that show the type, small pieces, more than one part at once, and the rest.
        for size in [1000, 70_000, PartwiseWrite.partSize + 5, 100, .max] {
            let end = size == .max ? bytes.count : offset + size
            let response = await fixture.patch(path, at: offset, Array(bytes[offset..<end]))
            #expect(response.status == .noContent && response.headers["Upload-Offset"] == "\(end)", "\(response.text)")
            #expect(response.headers["Tus-Resumable"] == "1.0.0")
            #expect((response.headers["Darkroom-Media"] != nil) == (end == bytes.count))
            #expect((response.headers["Upload-Expires"] != nil) == (end != bytes.count))
            offset = end
            let head = await fixture.head(path)
            #expect(head.headers["Upload-Offset"] == "\(end)" && head.headers["Upload-Length"] == "\(bytes.count)")
        }
        let head = await fixture.head(path)
        #expect(try await fixture.stored(head) == bytes)
        let id = try #require(head.headers["Darkroom-Media"])
        let media = try #require(await fixture.chat.store.media(id))
        #expect(media.owner == "ann" && media.record.originalName == "a.bin" && media.record.fileSize == bytes.count)
        #expect(media.record.sha256?.count == 64)
        // Nothing but the medium's object is left.
        #expect(fixture.files == ["objects/" + media.record.key])
    }

    @Test("many small requests are joined, and read back in order")
    func smallRequests() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(40 * 1000)
        let path = try await fixture.create(bytes.count)
        for start in stride(from: 0, to: bytes.count, by: 1000) {
            let response = await fixture.patch(path, at: start, Array(bytes[start..<start + 1000]))
            #expect(response.status == .noContent, "\(response.text)")
            #expect(fixture.files.count <= 18)
        }
        #expect(try await fixture.stored(await fixture.head(path)) == bytes)
    }

    @Test("HEAD says how far an upload is, and is not cached; GET says the same as JSON")
    func status() async throws {
        let fixture = try TusFixture()
        let metadata = "filename \(Data("x".utf8).base64EncodedString())"
        let path = try await fixture.create(10, ["Upload-Metadata": metadata])
        _ = await fixture.patch(path, at: 0, [200, 1, 2])
        let head = await fixture.head(path)
        #expect(head.status == .ok && head.headers["Cache-Control"] == "no-store")
        #expect(head.headers["Upload-Offset"] == "3" && head.headers["Upload-Length"] == "10")
        #expect(head.headers["Upload-Metadata"] == metadata && head.headers["Upload-Defer-Length"] == nil)
        #expect(head.headers["Tus-Resumable"] == "1.0.0" && head.headers["Upload-Expires"] != nil)
        let get = await fixture.call(.get, path, version: nil)
        let json = try JSONValue(parsing: get.text)
        #expect(json["offset"] == 3 && json["length"] == 10 && json["media"]?.isNull == true)
    }

    @Test("another offset than what has arrived is 409, and changes nothing")
    func offsets() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(10)
        _ = await fixture.patch(path, at: 0, [200, 1, 2])
        for offset in [0, 2, 4, 10] {
            let response = await fixture.patch(path, at: offset, [9])
            #expect(response.status == .conflict && response.code == "upload_offset_mismatch")
        }
        for offset in ["-1", "x", "", "1.0", "99999999999999999999"] {
            let response = await fixture.call(
                .patch, path, ["Content-Type": "application/offset+octet-stream", "Upload-Offset": offset],
                body: RequestBody(ByteChunk([9])))
            #expect(response.status == .badRequest, "\(offset)")
        }
        #expect(await fixture.head(path).headers["Upload-Offset"] == "3")
    }

    @Test("another version is 412 with the one that is spoken; OPTIONS needs neither version nor token")
    func versions() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(10)
        for version in [nil, "0.2.2", "1.0", "2.0.0"] as [String?] {
            for (method, target) in [(HTTPMethod.post, "/v1/tus"), (.head, path), (.patch, path), (.delete, path)] {
                let response = await fixture.call(method, target, ["Upload-Length": "1"], version: version)
                #expect(response.status == .preconditionFailed && response.headers["Tus-Version"] == "1.0.0")
                #expect(response.headers["Tus-Resumable"] == "1.0.0")
            }
        }
        #expect(await fixture.head(path).status == .ok)
        let options = await fixture.call(.options, "/v1/tus", version: nil, token: "none")
        #expect(options.status == .noContent && options.headers["Tus-Max-Size"] == "1073741824")
        #expect(options.headers["Tus-Extension"]?.contains("concatenation") == true)
        #expect(options.headers["Tus-Checksum-Algorithm"]?.contains("sha1") == true)
    }

    @Test("bytes of another media type are 415, and bytes beyond the length 413")
    func wrongBytes() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(10)
        let typed = await fixture.call(
            .patch, path, ["Content-Type": "image/png", "Upload-Offset": "0"], body: RequestBody(ByteChunk([1])))
        #expect(typed.status == .unsupportedMediaType && typed.code == "unsupported_content_type")
        #expect(await fixture.patch(path, at: 0, TusFixture.bytes(11)).status == .contentTooLarge)
        // Of a body whose length is not declared, what fits stays.
        let body = SentBody()
        body.send(TusFixture.bytes(4))
        body.send(TusFixture.bytes(7))
        #expect(await fixture.patch(path, at: 0, body).status == .contentTooLarge)
        #expect(await fixture.head(path).headers["Upload-Offset"] == "4")
    }

    @Test("only the chat server has uploads, each user's apart; unknown ones are 404")
    func access() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(10)
        let signer = TokenSigner(secret: TusFixture.secret)
        let user = signer.token(subject: "ann", issued: Date(), lifetime: nil)
        let forged = TokenSigner(secret: [1]).token(subject: "s", isService: true, issued: Date(), lifetime: nil)
        for method in [HTTPMethod.head, .patch, .delete, .get] {
            #expect(await fixture.call(method, path, user: nil, token: user).status == .forbidden)
            #expect(await fixture.call(method, path, token: forged).status == .unauthorized)
            let fields: HTTPFields = ["Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"]
            #expect(await fixture.call(method, path, fields, user: "bob").status == .notFound)
            #expect(await fixture.call(method, "/v1/tus/nothing", fields).status == .notFound)
        }
        #expect(
            await fixture.call(.post, "/v1/tus", ["Upload-Length": "1"], user: nil, token: user).status == .forbidden)
        #expect(await fixture.call(.head, path, user: nil).status == .ok)
    }

    @Test("what breaks off stays, and a file that is not accepted ends its upload at its first bytes")
    func brokenAndRejected() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 100_000)
        let path = try await fixture.create(bytes.count)
        let body = SentBody(declaredLength: bytes.count)
        let offset = PartwiseWrite.partSize + 50_000
        async let broken = fixture.patch(path, at: 0, body)
        body.send(Array(bytes.prefix(offset)))
        try await body.wasRead(offset)
        body.breakOff()
        _ = await broken
        #expect(await fixture.head(path).headers["Upload-Offset"] == "\(offset)")
        let last = await fixture.patch(path, at: offset, Array(bytes[offset...]))
        #expect(try await fixture.stored(last) == bytes)

        let kind = "kind \(Data("video".utf8).base64EncodedString())"
        let rejected = try await fixture.create(1_000_000, ["Upload-Metadata": kind])
        let response = await fixture.patch(rejected, at: 0, TusFixture.bytes(5000))
        #expect(response.status == .unsupportedMediaType && response.code == "media_unsupported")
        let gone = await fixture.head(rejected)
        #expect(gone.status == .gone && gone.headers["Upload-Offset"] == nil)
        #expect(fixture.files.count == 1)
    }

    @Test("a file that is rejected at its end leaves nothing")
    func rejectedAtEnd() async throws {
        let fixture = try TusFixture()
        let name = "filename \(Data("rejected.bin".utf8).base64EncodedString())"
        let path = try await fixture.create(5000, ["Upload-Metadata": name])
        let response = await fixture.patch(path, at: 0, TusFixture.bytes(5000))
        #expect(response.status == .unprocessableContent && response.code == "media_too_complex")
        #expect(await fixture.head(path).status == .gone)
        #expect(fixture.files == [])
    }
}

extension StoreEngine {
    /// An engine of each kind: what is stored of uploads does not depend on a dialect.
    static let own: [StoreEngine] = [.sqlite, .mongodb]
}

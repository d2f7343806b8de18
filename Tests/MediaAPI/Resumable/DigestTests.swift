import Bytes
import ChatBridge
import ChatTestSupport
import Crypto
import Foundation
import JSON
import ObjectStore
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Digests of bodies and files (RFC 9530)")
struct DigestTests {
    private static let boundary = "b"

    private func field(_ bytes: [UInt8]) -> String {
        "sha-256=:\(Data(SHA256.hash(bytes)).base64EncodedString()):"
    }

    private func call(
        _ fixture: TusFixture, _ method: HTTPMethod, _ path: String, _ fields: HTTPFields, _ bytes: [UInt8] = []
    ) async -> HTTPResponse {
        await fixture.call(method, path, fields, body: RequestBody(ByteChunk(bytes)), version: nil)
    }

    private func patch(
        _ fixture: TusFixture, _ path: String, at offset: Int, _ bytes: [UInt8], isLast: Bool = false,
        digest: String? = nil
    ) async -> HTTPResponse {
        var fields: HTTPFields = [
            "Content-Type": "application/partial-upload", "Upload-Offset": "\(offset)",
            "Upload-Complete": isLast ? "?1" : "?0",
        ]
        fields["Content-Digest"] = digest
        return await call(fixture, .patch, path, fields, bytes)
    }

    private func form(_ bytes: [UInt8]) -> [UInt8] {
        let head =
            "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"
        // With an epilogue, which belongs to the body.
        return Array(head.utf8) + bytes + Array("\r\n--\(Self.boundary)--\r\n".utf8)
    }

    private let formType = "multipart/form-data; boundary=b"

    @Test(
        "of bytes that are not those of Content-Digest nothing is appended, over a part or within one; the upload goes on",
        arguments: [5_000, PartwiseWrite.partSize + 5_000])
    func content(size: Int) async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(size)
        let begun = await call(fixture, .post, "/v1/resumable", ["Upload-Complete": "?0"])
        let path = try begun.path
        let files = fixture.files
        let other = await patch(fixture, path, at: 0, bytes, isLast: true, digest: field(bytes + [1]))
        #expect(other.status == .badRequest && other.code == "digest_mismatch", "\(other.text)")
        #expect(fixture.files == files)
        let head = await call(fixture, .head, path, [:])
        #expect(head.headers["Upload-Offset"] == "0" && head.headers["Upload-Complete"] == "?0")
        let first = await patch(fixture, path, at: 0, Array(bytes[..<1000]), digest: field(Array(bytes[..<1000])))
        #expect(first.status == .noContent, "\(first.text)")
        let rest = Array(bytes[1000...])
        let last = await patch(fixture, path, at: 1000, rest, isLast: true, digest: "md5=:AA==:, " + field(rest))
        #expect(last.status == .created, "\(last.text)")
        #expect(try await fixture.stored(last) == bytes)
    }

    @Test("an upload that is begun with bytes that are not those of Content-Digest is not made")
    func begun() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(5_000)
        let other = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?1", "Content-Digest": field([1])], bytes)
        #expect(other.status == .badRequest && other.code == "digest_mismatch", "\(other.text)")
        #expect(fixture.files.isEmpty, "\(fixture.files)")
        let right = await call(
            fixture, .post, "/v1/resumable",
            ["Upload-Complete": "?1", "Content-Digest": field(bytes), "Repr-Digest": field(bytes)], bytes)
        #expect(right.status == .created, "\(right.text)")
        #expect(try await fixture.stored(right) == bytes)
    }

    @Test(
        "a file that is not that of Repr-Digest is rejected at its last byte, whatever the requests; nothing is left",
        arguments: StoreEngine.own)
    func representation(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 5_000)
        let begun = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?0", "Repr-Digest": field(bytes)],
            Array(bytes[..<3000]))
        let path = try begun.path
        var changed = Array(bytes[3000...])
        changed[7] ^= 1
        let last = await patch(fixture, path, at: 3000, changed, isLast: true, digest: field(changed))
        #expect(last.status == .badRequest && last.code == "digest_mismatch", "\(last.text)")
        #expect(last.headers["Upload-Complete"] == "?1")
        #expect(await call(fixture, .head, path, [:]).status == .gone)
        #expect(fixture.files.isEmpty, "\(fixture.files)")
    }

    @Test("the file of Repr-Digest is published, in several requests")
    func published() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(9_000)
        let begun = await call(
            fixture, .post, "/v1/resumable", ["Upload-Complete": "?0", "Repr-Digest": field(bytes)],
            Array(bytes[..<3000]))
        let last = await patch(fixture, try begun.path, at: 3000, Array(bytes[3000...]), isLast: true)
        #expect(last.status == .created, "\(last.text)")
        #expect(try await fixture.stored(last) == bytes)
    }

    @Test(
        "by tus, too, a file that is not that of Repr-Digest, or of sha256 in the metadata, is rejected at its last byte",
        arguments: [true, false])
    func wholeByTus(isField: Bool) async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(9_000)
        let digest = hexEncode(SHA256.hash(bytes)).uppercased()
        let said: HTTPFields =
            isField
            ? ["Repr-Digest": field(bytes)]
            : ["Upload-Metadata": "sha256 \(Data(digest.utf8).base64EncodedString())"]
        let path = try await fixture.create(bytes.count, said)
        var changed = bytes
        changed[8_000] ^= 1
        let first = await fixture.patch(path, at: 0, Array(changed[..<5_000]))
        #expect(first.status == .noContent, "\(first.text)")
        let last = await fixture.patch(path, at: 5_000, Array(changed[5_000...]))
        #expect(last.status == .badRequest && last.code == "digest_mismatch", "\(last.text)")
        #expect(await fixture.head(path).status == .gone)
        #expect(fixture.files.isEmpty, "\(fixture.files)")

        let right = await fixture.patch(try await fixture.create(bytes.count, said), at: 0, bytes)
        #expect(right.status == .noContent, "\(right.text)")
        #expect(try await fixture.stored(right) == bytes)
    }

    @Test("a partial upload by tus with another digest has ended; what is malformed or contradictory begins none")
    func partOfTus() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(100)
        let path = try await fixture.create(100, ["Upload-Concat": "partial", "Repr-Digest": field([1])])
        let last = await fixture.patch(path, at: 0, bytes)
        #expect(last.status == .badRequest && last.code == "digest_mismatch", "\(last.text)")
        #expect(await fixture.head(path).status == .gone)
        #expect(fixture.files.isEmpty, "\(fixture.files)")

        let other = Data(hexEncode(SHA256.hash(bytes)).utf8).base64EncodedString()
        for fields: HTTPFields in [
            ["Upload-Metadata": "sha256 \(Data("abc".utf8).base64EncodedString())"],
            ["Upload-Metadata": "sha256"], ["Repr-Digest": "sha-256=:AA==:"],
            ["Upload-Metadata": "sha256 \(other)", "Repr-Digest": field([1])],
        ] {
            var all = fields
            all["Upload-Length"] = "100"
            let refused = await fixture.call(.post, "/v1/tus", all)
            #expect(refused.status == .badRequest && refused.code == "invalid_field", "\(refused.text)")
        }
    }

    @Test("by tus, too, nothing of bytes that are not those of Content-Digest is appended")
    func tus() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 10)
        let path = try await fixture.create(bytes.count)
        let other = await fixture.patch(path, at: 0, bytes, ["Content-Digest": field([1])])
        #expect(other.status == .badRequest && other.code == "digest_mismatch", "\(other.text)")
        #expect(await fixture.head(path).headers["Upload-Offset"] == "0")
        let right = await fixture.patch(path, at: 0, bytes, ["Content-Digest": field(bytes)])
        #expect(right.status == .noContent)
        #expect(try await fixture.stored(right) == bytes)
    }

    @Test(
        "a form that is not that of a digest makes no medium, and leaves no object",
        arguments: ["Content-Digest", "Repr-Digest"])
    func media(name: String) async throws {
        let fixture = try TusFixture()
        let body = form(TusFixture.bytes(20_000))
        var fields: HTTPFields = ["Content-Type": formType]
        fields[name] = field(body.dropLast())
        let other = await call(fixture, .post, "/v1/media", fields, body)
        #expect(other.status == .badRequest && other.code == "digest_mismatch", "\(other.text)")
        #expect(fixture.files.isEmpty, "\(fixture.files)")
        fields[name] = field(body)
        #expect(await call(fixture, .post, "/v1/media", fields, body).status == .created)
        #expect(!fixture.files.isEmpty)
    }

    @Test("a call with JSON is compared, too; a key whose first request was not right is free for the right one")
    func json() async throws {
        let fixture = try TusFixture()
        let body = Array(#"{"contentType":"text/plain","size":10}"#.utf8)
        var fields: HTTPFields = ["Content-Type": "application/json", "Idempotency-Key": "k"]
        fields["Content-Digest"] = field([])
        #expect(await call(fixture, .post, "/v1/uploads", fields, body).code == "digest_mismatch")
        fields["Content-Digest"] = field(body)
        let right = await call(fixture, .post, "/v1/uploads", fields, body)
        #expect(right.status == .created, "\(right.text)")
    }

    private static let malformed = [
        "sha-256", "sha-256=", "sha-256=::", "sha-256=:AA==:", "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "sha-256=:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:", "SHA-256=:AA==:",
    ]

    @Test("a SHA-256 that is malformed is an error of the field, and not ignored", arguments: malformed)
    func invalid(value: String) async throws {
        let fixture = try TusFixture()
        for (path, name) in [("/v1/media", "Content-Digest"), ("/v1/resumable", "Repr-Digest")] {
            let fields: HTTPFields = [name: value, "Upload-Complete": "?1", "Content-Type": formType]
            let answer = await call(fixture, .post, path, fields, form([1]))
            #expect(answer.status == .badRequest && answer.code == "invalid_field", "\(path): \(answer.text)")
        }
        #expect(fixture.files.isEmpty)
    }

    @Test("digests of other algorithms are ignored, and so are parameters of one")
    func ignored() async throws {
        let fixture = try TusFixture()
        let body = form(TusFixture.bytes(5_000))
        for value in ["sha-512=:AA==:", "unixsum=30637", "sha-512=:AA==:, \(field(body));note=1"] {
            let fields: HTTPFields = ["Content-Digest": value, "Content-Type": formType]
            #expect(await call(fixture, .post, "/v1/media", fields, body).status == .created, "\(value)")
        }
    }
}

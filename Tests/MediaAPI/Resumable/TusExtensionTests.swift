import Bytes
import ChatBridge
import ChatTestSupport
import Crypto
import Foundation
import ObjectStore
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Resumable uploads by the extensions of tus")
struct TusExtensionTests {
    private func sha1(_ bytes: [UInt8]) -> String { "sha1 " + Data(InsecureSHA1.hash(bytes)).base64EncodedString() }

    @Test("creation takes a length from 1 to the maximum, and metadata that are valid")
    func creation() async throws {
        let fixture = try TusFixture()
        let created = await fixture.call(.post, "/v1/tus", ["Upload-Length": "10"])
        #expect(created.status == .created)
        #expect(try created.path.hasPrefix("/v1/tus/") && created.headers["Upload-Offset"] == nil)
        for (fields, status): (HTTPFields, HTTPStatus) in [
            ([:], .badRequest), (["Upload-Length": "0"], .badRequest), (["Upload-Length": "-5"], .badRequest),
            (["Upload-Length": "1073741825"], .contentTooLarge),
            (["Upload-Length": "1", "Upload-Defer-Length": "1"], .badRequest),
            (["Upload-Defer-Length": "2"], .badRequest),
        ] {
            #expect(await fixture.call(.post, "/v1/tus", fields).status == status, "\(fields)")
        }
        let texts = ["a =", "a x,a x", "ä eA==", ",", "a eA== eA==", "a " + String(repeating: "A", count: 5000)]
        let controls = "filename " + Data([1, 2]).base64EncodedString()
        let kind = "kind " + Data("what".utf8).base64EncodedString()
        for metadata in texts + [controls, kind] {
            let response = await fixture.call(
                .post, "/v1/tus", ["Upload-Length": "1", "Upload-Metadata": metadata])
            #expect(response.status == .badRequest && response.code == "invalid_field", "\(metadata)")
        }
    }

    @Test("creation with upload takes bytes at once, all of them or the first")
    func creationWithUpload() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(6000)
        var fields: HTTPFields = ["Upload-Length": "6000", "Content-Type": "application/offset+octet-stream"]
        let all = await fixture.call(.post, "/v1/tus", fields, body: RequestBody(ByteChunk(bytes)))
        #expect(all.status == .created && all.headers["Upload-Offset"] == "6000")
        #expect(try await fixture.stored(all) == bytes)
        let first = await fixture.call(.post, "/v1/tus", fields, body: RequestBody(ByteChunk(bytes.prefix(100))))
        #expect(first.status == .created && first.headers["Upload-Offset"] == "100")
        let rest = await fixture.patch(try first.path, at: 100, Array(bytes[100...]))
        #expect(try await fixture.stored(rest) == bytes)
        #expect(
            await fixture.call(.post, "/v1/tus", fields, body: RequestBody(ByteChunk(bytes + [1]))).status
                == .contentTooLarge)
        fields["Content-Type"] = "text/plain"
        #expect(
            await fixture.call(.post, "/v1/tus", fields, body: RequestBody(ByteChunk(bytes))).status
                == .unsupportedMediaType)
    }

    @Test("a deferred length is said later, once")
    func deferredLength() async throws {
        let fixture = try TusFixture()
        let created = await fixture.call(.post, "/v1/tus", ["Upload-Defer-Length": "1"])
        let path = try created.path
        let bytes = TusFixture.bytes(6000)
        #expect(await fixture.patch(path, at: 0, Array(bytes.prefix(5000))).status == .noContent)
        let head = await fixture.head(path)
        #expect(head.headers["Upload-Defer-Length"] == "1" && head.headers["Upload-Length"] == nil)
        #expect(await fixture.patch(path, at: 5000, [], ["Upload-Length": "4999"]).status == .badRequest)
        #expect(await fixture.patch(path, at: 5000, [], ["Upload-Length": "6000"]).status == .noContent)
        #expect(await fixture.head(path).headers["Upload-Length"] == "6000")
        #expect(await fixture.patch(path, at: 5000, [], ["Upload-Length": "6001"]).status == .badRequest)
        let last = await fixture.patch(path, at: 5000, Array(bytes[5000...]), ["Upload-Length": "6000"])
        #expect(try await fixture.stored(last) == bytes)
        // The length that is said may be what has arrived.
        let other = try await fixture.call(.post, "/v1/tus", ["Upload-Defer-Length": "1"]).path
        #expect(await fixture.patch(other, at: 0, bytes).status == .noContent)
        #expect(try await fixture.stored(await fixture.patch(other, at: 6000, [], ["Upload-Length": "6000"])) == bytes)
    }

    @Test("a checksum is that of the bytes, or nothing of them stays")
    func checksums() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 1000)
        let path = try await fixture.create(bytes.count)
        _ = await fixture.patch(path, at: 0, Array(bytes.prefix(10)))
        let wrong = await fixture.patch(path, at: 10, Array(bytes[10...]), ["Upload-Checksum": sha1([1])])
        #expect(wrong.status.rawValue == 460 && wrong.code == "checksum_mismatch")
        #expect(await fixture.head(path).headers["Upload-Offset"] == "10")
        for field in ["sha1", "crc32 AAAA", "sha1 ###", "sha1 a b", ""] {
            let response = await fixture.patch(path, at: 10, [1], ["Upload-Checksum": field])
            #expect(response.status == .badRequest, "\(field)")
        }
        // Of bytes with a checksum that break off, nothing stays: it cannot be compared.
        let body = SentBody()
        body.send(Array(bytes[10...]))
        async let broken = fixture.patch(path, at: 10, body.body, ["Upload-Checksum": sha1(Array(bytes[10...]))])
        try await body.wasRead(bytes.count - 10)
        body.breakOff()
        _ = await broken
        #expect(await fixture.head(path).headers["Upload-Offset"] == "10")
        let right = await fixture.patch(
            path, at: 10, Array(bytes[10...]), ["Upload-Checksum": sha1(Array(bytes[10...]))])
        #expect(try await fixture.stored(right) == bytes)
        #expect(fixture.files.count == 1)
        #expect(sha1(Array("hello world".utf8)) == "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")
    }

    @Test("termination deletes what has arrived; the upload is gone then, and a medium stays")
    func termination() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(PartwiseWrite.partSize * 2)
        _ = await fixture.patch(path, at: 0, TusFixture.bytes(PartwiseWrite.partSize + 10))
        #expect(fixture.files.count == 2)
        #expect(await fixture.call(.delete, path).status == .noContent)
        #expect(fixture.files == [])
        for method in [HTTPMethod.head, .delete] { #expect(await fixture.call(method, path).status == .gone) }
        #expect(await fixture.patch(path, at: 0, [1]).status == .gone)
        let done = try await fixture.create(5)
        let last = await fixture.patch(done, at: 0, [200, 1, 2, 3, 4])
        #expect(await fixture.call(.delete, done).status == .noContent)
        #expect(try await fixture.stored(last) == [200, 1, 2, 3, 4])
    }

    @Test("methods may be named in a field, for clients behind proxies that know no PATCH")
    func methodOverride() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(5)
        let fields: HTTPFields = [
            "X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
        ]
        let patched = await fixture.call(.post, path, fields, body: RequestBody(ByteChunk([200, 1])))
        #expect(patched.status == .noContent && patched.headers["Upload-Offset"] == "2")
        #expect(await fixture.call(.post, path, ["X-HTTP-Method-Override": "DELETE"]).status == .noContent)
        #expect(await fixture.call(.post, path).status == .methodNotAllowed)
    }

    @Test("partial uploads become one file, which takes no bytes of its own", arguments: StoreEngine.own)
    func concatenation(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize * 2 + 500)
        var paths: [String] = []
        let bounds = [0, 100, PartwiseWrite.partSize + 7, bytes.count]
        for (start, end) in zip(bounds, bounds.dropFirst()) {
            let path = try await fixture.create(end - start, ["Upload-Concat": "partial"])
            let response = await fixture.patch(path, at: 0, Array(bytes[start..<end]))
            #expect(response.status == .noContent && response.headers["Darkroom-Media"] == nil, "\(response.text)")
            #expect(await fixture.head(path).headers["Upload-Concat"] == "partial")
            paths.append(path)
        }
        let final = "final;" + paths.enumerated().map { $0 == 1 ? "http://localhost" + $1 : $1 }.joined(separator: " ")
        let created = await fixture.call(.post, "/v1/tus", ["Upload-Concat": final])
        #expect(created.status == .created && created.headers["Upload-Offset"] == "\(bytes.count)", "\(created.text)")
        #expect(try await fixture.stored(created) == bytes)
        let path = try created.path
        let head = await fixture.head(path)
        #expect(head.headers["Upload-Concat"] == "final;" + paths.joined(separator: " "))
        #expect(head.headers["Upload-Length"] == "\(bytes.count)")
        let patched = await fixture.patch(path, at: bytes.count, [1])
        #expect(patched.status == .forbidden)
        // They are used up, and nothing of them is left.
        #expect(await fixture.head(paths[0]).status == .gone)
        #expect(fixture.files.count == 1)
    }

    @Test("a file is made of whole partial uploads of one user")
    func wrongConcatenation() async throws {
        let fixture = try TusFixture()
        let whole = try await fixture.create(5000, ["Upload-Concat": "partial"])
        _ = await fixture.patch(whole, at: 0, TusFixture.bytes(5000))
        let begun = try await fixture.create(5, ["Upload-Concat": "partial"])
        let plain = try await fixture.create(5)
        func final(_ value: String, _ more: HTTPFields = [:], user: String = "ann") async -> HTTPStatus {
            var fields = more
            fields["Upload-Concat"] = value
            return await fixture.call(.post, "/v1/tus", fields, user: user).status
        }
        for value in [
            "final;\(begun)", "final;\(plain)", "final;", "final", "partly", "final;/x/y", "final;\(whole) \(whole)",
            "final;http://elsewhere/v1/tus/",
        ] {
            #expect(await final(value) == .badRequest, "\(value)")
        }
        #expect(await final("final;\(whole)", ["Upload-Length": "5000"]) == .badRequest)
        #expect(await final("final;\(whole)", user: "bob") == .notFound)
        #expect(await final("final;/v1/tus/nothing") == .notFound)
        #expect(await final("final;\(whole)") == .created)
        #expect(await final("final;\(whole)") == .gone)
    }
}

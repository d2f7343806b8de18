import Bytes
import ChatBridge
import ChatTestSupport
import HTTPServer
import MediaWorker
import ObjectStore
import TestPrograms
import Testing

@testable import MediaAPI

@Suite("Resumable uploads at two nodes, by tus")
struct TusNodeTests {
    @Test(
        "a node that finds pieces of an upload used up by another says so, and the upload becomes its medium",
        arguments: StoreEngine.own)
    func usedUp(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let held = HeldReads(fixture.objects)
        let slow = try TusFixture.service(fixture.chat, held)
        let bytes = TusFixture.bytes(9000)
        let created = await fixture.call(.post, "/v1/tus", ["Upload-Defer-Length": "1"])
        let path = try created.path
        #expect(await fixture.patch(path, at: 0, bytes).status == .noContent)
        let length: HTTPFields = ["Upload-Length": "\(bytes.count)"]
        async let late = fixture.patch(path, at: bytes.count, [], length, of: slow)
        await held.reached()
        let first = await fixture.head(path)
        held.release()
        let second = await late
        #expect([.noContent, .locked].contains(second.status), "\(second.text)")
        #expect(try await fixture.stored(first) == bytes)
        #expect(try await fixture.stored(await fixture.head(path, of: slow)) == bytes)
        #expect(fixture.files.count == 1)
    }

    @Test("partial uploads become one file, whichever node is asked, and however often", arguments: StoreEngine.own)
    func concatenatedOnce(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(9000)
        var paths: [String] = []
        for part in [bytes[..<4000], bytes[4000...]] {
            let path = try await fixture.create(part.count, ["Upload-Concat": "partial"])
            #expect(await fixture.patch(path, at: 0, Array(part)).status == .noContent)
            paths.append(path)
        }
        let fields: HTTPFields = ["Upload-Concat": "final;" + paths.joined(separator: " ")]
        let held = HeldReads(fixture.objects)
        let slow = try TusFixture.service(fixture.chat, held)
        async let late = fixture.call(.post, "/v1/tus", fields, of: slow)
        await held.reached()
        // Meanwhile another file cannot be made of one of them, and the same is the same upload.
        let other = await fixture.call(.post, "/v1/tus", ["Upload-Concat": "final;" + paths[1]])
        #expect(other.status == .locked, "\(other.text)")
        let named = await fixture.call(
            .post, "/v1/tus",
            ["Upload-Concat": "final;" + paths.joined(separator: " "), "Upload-Metadata": "filename YQ=="])
        #expect(named.status == .locked, "\(named.text)")
        let again = await fixture.call(.post, "/v1/tus", fields)
        held.release()
        let first = await late
        #expect([.created, .locked].contains(first.status), "\(first.text)")
        #expect(try await fixture.stored(again) == bytes)
        #expect(fixture.files.count == 1)
        if first.status == .created { #expect(try first.path == again.path) }
    }

    @Test("who asks for another's upload ends no request that sends its bytes", arguments: [HTTPMethod.head, .delete])
    func others(_ method: HTTPMethod) async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(10)
        let body = SentBody()
        async let sent = fixture.patch(path, at: 0, body)
        body.send([200, 1, 2])
        try await body.wasRead(3)
        #expect(await fixture.call(method, path, user: "bob").status == .notFound)
        body.send([3, 4, 5, 6, 7, 8, 9])
        body.end()
        let response = await sent
        #expect(response.status == .noContent && response.headers["Upload-Offset"] == "10", "\(response.text)")
    }

    @Test("where the memory of parts is used up, what a slow request sends is stored in small pieces")
    func memory() async throws {
        let fixture = try TusFixture()
        let service = try TusFixture.service(fixture.chat, fixture.objects, memory: MemoryBudget(bytes: 1 << 20))
        // One upload may have more than there is.
        let first = SentBody()
        let firstPath = try await fixture.create(2_000_000)
        async let other = fixture.patch(firstPath, at: 0, first.body, of: service)
        first.send(TusFixture.bytes(1_900_000))
        try await first.wasRead(1_900_000)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 2_000_000)
        let path = try await fixture.create(bytes.count)
        let id = String(path.split(separator: "/").last ?? "")
        let body = SentBody()
        async let sent = fixture.patch(path, at: 0, body.body, of: service)
        for start in stride(from: 0, to: 2_000_000, by: 100_000) { body.send(Array(bytes[start..<start + 100_000])) }
        try await body.wasRead(2_000_000)
        try await eventually {
            let upload = try await fixture.chat.store.resumableUpload(id, in: ResumableUploads.native)
            return upload?.content.tail.map(\.size) == [Int](repeating: UploadAppender.smallBuffer, count: 3)
        }
        body.send(Array(bytes[2_000_000...]))
        body.end()
        #expect(try await fixture.stored(await sent) == bytes)
        first.breakOff()
        _ = await other
        #expect(await fixture.head(firstPath).headers["Upload-Offset"] == "1900000")
    }
}

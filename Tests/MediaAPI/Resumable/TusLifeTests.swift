import Bytes
import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import ObjectStore
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Resumable uploads over time and nodes", .timeLimit(.minutes(5)))
struct TusLifeTests {
    @Test("an upload that expires is 410, and is deleted with what has arrived", arguments: StoreEngine.own)
    func expiry(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine, settings: ResumableSettings(lifetime: .seconds(3600)))
        let path = try await fixture.create(PartwiseWrite.partSize * 2)
        let expires = HTTPDate.format(Int(fixture.chat.clock.now.timeIntervalSince1970) + 3600)
        #expect(await fixture.head(path).headers["Upload-Expires"] == expires)
        _ = await fixture.patch(path, at: 0, TusFixture.bytes(PartwiseWrite.partSize + 10))
        fixture.chat.clock.advance(3599)
        #expect(await fixture.head(path).status == .ok)
        fixture.chat.clock.advance(2)
        #expect(await fixture.head(path).status == .gone)
        #expect(await fixture.patch(path, at: PartwiseWrite.partSize + 10, [1]).status == .gone)
        // A request may still be writing.
        await fixture.collector.collectExpired()
        #expect(fixture.files.count == 2)
        fixture.chat.clock.advance(ResumableUploadCollector.grace)
        await fixture.collector.collectExpired()
        #expect(fixture.files == [])
        #expect(await fixture.head(path).status == .gone)
        fixture.chat.clock.advance(2 * 86_400)
        await fixture.collector.collectExpired()
        #expect(await fixture.head(path).status == .notFound)
    }

    @Test(
        "a user has as many uploads open as the settings allow; the chat server has any number",
        arguments: StoreEngine.own)
    func allowance(_ engine: StoreEngine) async throws {
        let allowance = UploadAllowance(files: 2, bytes: 2 << 30)
        let fixture = try TusFixture(engine, settings: ResumableSettings(allowance: allowance))
        let first = try await fixture.create(10)
        let second = try await fixture.create(10)
        let refused = await fixture.call(.post, "/v1/tus", ["Upload-Length": "1"])
        #expect(refused.status == .tooManyRequests && refused.code == "limit_exceeded")
        #expect(refused.headers["Retry-After"] == "60")
        #expect(await fixture.call(.post, "/v1/tus", ["Upload-Length": "1"], user: "bob").status == .created)
        #expect(await fixture.call(.post, "/v1/tus", ["Upload-Length": "1"], user: nil).status == .created)
        // One that is finished or cancelled does not count.
        _ = await fixture.patch(first, at: 0, TusFixture.bytes(10))
        let third = try await fixture.create(10)
        for path in [second, third] { #expect(await fixture.call(.delete, path).status == .noContent) }
        // An upload whose length is not known counts as the largest.
        #expect(await fixture.call(.post, "/v1/tus", ["Upload-Defer-Length": "1"]).status == .created)
        #expect(await fixture.call(.post, "/v1/tus", ["Upload-Length": "\((1 << 30))"]).status == .created)
    }

    @Test("the bytes of all open uploads of a user are limited")
    func bytesOfAll() async throws {
        let allowance = UploadAllowance(files: 9, bytes: 100)
        let fixture = try TusFixture(settings: ResumableSettings(allowance: allowance))
        _ = try await fixture.create(60)
        #expect(await fixture.call(.post, "/v1/tus", ["Upload-Length": "41"]).status == .tooManyRequests)
        _ = try await fixture.create(40)
    }

    @Test(
        "another node continues where the first has stopped, and the first cannot change it any more",
        arguments: StoreEngine.own)
    func otherNode(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let other = try TusFixture.service(fixture.chat, fixture.objects)
        let bytes = TusFixture.bytes(PartwiseWrite.partSize + 9000)
        let path = try await fixture.create(bytes.count)
        _ = await fixture.patch(path, at: 0, Array(bytes.prefix(5000)))
        // The first node still waits for bytes of a client that has gone.
        let hanging = SentBody()
        async let first = fixture.patch(path, at: 5000, hanging)
        hanging.send(Array(bytes[5000..<6000]))
        try await hanging.wasRead(1000)
        #expect(await fixture.head(path, of: other).headers["Upload-Offset"] == "5000")
        let second = await fixture.patch(path, at: 5000, Array(bytes[5000..<8000]), of: other)
        #expect(second.status == .noContent && second.headers["Upload-Offset"] == "8000")
        hanging.breakOff()
        #expect([.locked, .conflict].contains(await first.status))
        #expect(await fixture.head(path).headers["Upload-Offset"] == "8000")
        #expect(try await fixture.stored(await fixture.patch(path, at: 8000, Array(bytes[8000...]))) == bytes)
    }

    @Test("a request that comes while another hangs ends that one, and what has arrived of it stays")
    func hangingRequest() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(9000)
        let path = try await fixture.create(bytes.count)
        let hanging = SentBody()
        async let first = fixture.patch(path, at: 0, hanging)
        hanging.send(Array(bytes.prefix(5000)))
        try await hanging.wasRead(5000)
        #expect(await fixture.head(path).headers["Upload-Offset"] == "5000")
        #expect(await first.status == .serviceUnavailable)
        #expect(try await fixture.stored(await fixture.patch(path, at: 5000, Array(bytes[5000...]))) == bytes)
    }

    @Test("of requests with the same bytes at once, each offset is taken once")
    func manyAtOnce() async throws {
        let fixture = try TusFixture()
        let bytes = TusFixture.bytes(20_000)
        let path = try await fixture.create(bytes.count)
        let accepted = await withTaskGroup(of: HTTPStatus.self) { group in
            for _ in 0..<16 { group.addTask { await fixture.patch(path, at: 0, Array(bytes.prefix(10_000))).status } }
            return await group.reduce(into: [Int]()) { $0.append($1.rawValue) }
        }
        #expect(accepted.filter { $0 == 204 }.count == 1, "\(accepted)")
        let finished = await withTaskGroup(of: HTTPResponse.self) { group in
            for _ in 0..<8 { group.addTask { await fixture.patch(path, at: 10_000, Array(bytes[10_000...])) } }
            return await group.reduce(into: [Int]()) { $0.append($1.status.rawValue) }
        }
        #expect(finished.contains(204), "\(finished)")
        #expect(try await fixture.stored(await fixture.head(path)) == bytes)
        #expect(fixture.files.count == 1)
    }

    @Test(
        "an upload whose bytes are all there and that was not finished is finished by the next HEAD",
        arguments: StoreEngine.own)
    func finishedLater(_ engine: StoreEngine) async throws {
        let fixture = try TusFixture(engine)
        let bytes = TusFixture.bytes(9000)
        let path = try await fixture.create(bytes.count)
        _ = await fixture.patch(path, at: 0, Array(bytes.prefix(8999)))
        // As after a crash behind the last byte: it is recorded, and nothing more.
        let id = String(path.split(separator: "/").last ?? "")
        var upload = try #require(try await fixture.chat.store.resumableUpload(id, in: ResumableUploads.native))
        let files = UploadFiles(objects: fixture.objects)
        upload.content.tail.append(try await files.store([bytes[8999]], of: upload))
        #expect(try await fixture.chat.store.replace(upload))
        let head = await fixture.head(path)
        #expect(try await fixture.stored(head) == bytes)
        #expect(await fixture.head(path).headers["Darkroom-Media"] == head.headers["Darkroom-Media"])
    }

    @Test("objects of uploads that the chat store does not know are deleted when they are old")
    func unknownObjects() async throws {
        let fixture = try TusFixture()
        let path = try await fixture.create(PartwiseWrite.partSize * 2)
        _ = await fixture.patch(path, at: 0, TusFixture.bytes(PartwiseWrite.partSize + 10))
        let id = String(path.split(separator: "/").last ?? "")
        try await fixture.chat.store.deleteResumableUpload(id, in: ResumableUploads.native)
        fixture.chat.clock.advance(Date().timeIntervalSince(fixture.chat.clock.now))
        await fixture.collector.collectUnknown()
        #expect(fixture.files.count == 2)
        // Some may have been begun when uploads were open for a week.
        fixture.chat.clock.advance(7 * 86_400)
        await fixture.collector.collectUnknown()
        #expect(fixture.files.count == 2)
        fixture.chat.clock.advance(2 * 86_400)
        await fixture.collector.collectUnknown()
        // The file of the parts has an age by the store's own clock.
        #expect(fixture.files.allSatisfy { $0.hasPrefix("parts/") })
        #expect(try await fixture.objects.abortAbandonedParts(olderThan: .seconds(-60)) == 1)
        #expect(fixture.files == [])
    }
}

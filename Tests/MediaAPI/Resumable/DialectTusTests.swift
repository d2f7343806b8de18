import Bytes
import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import ObjectStore
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("Resumable uploads of chat systems")
struct DialectTusTests {
    private static let engines: [StoreEngine] = [.sqlite, .models]

    /// The names of all members of a JSON value, those of nested objects included.
    private func names(_ value: JSONValue?, _ path: String = "") -> Set<String> {
        guard let members = value?.objectValue else { return [path] }
        return members.reduce(into: []) { $0.formUnion(names($1.value, path + "." + $1.key)) }
    }

    @Test(
        "an upload ends in what the ordinary call makes, and is answered as that is",
        arguments: DialectTusFixture.names, engines)
    func sameAnswer(_ name: String, _ engine: StoreEngine) async throws {
        let fixture = try DialectTusFixture(name, engine)
        try await fixture.provision()
        let created = await fixture.create()
        try #require(created.status == .created, "\(created.text)")
        #expect(created.headers["Location"] == "http://localhost\(try created.path)")
        let (path, size) = (try created.path, DialectTusFixture.bytes.count)
        #expect(await fixture.patch(path, 0..<5000).headers["Upload-Offset"] == "5000")
        let open = await fixture.call(.get, path)
        #expect(open.status == .accepted && open.text.contains("\"offset\":5000"))
        let last = await fixture.patch(path, 5000..<size)
        #expect(last.status == .noContent && last.headers["Tus-Resumable"] == "1.0.0", "\(last.text)")
        let result = try fixture.result(last)
        let answer = await fixture.call(.get, path)
        #expect(answer.text.contains(result))
        let json = try JSONValue(parsing: answer.text)
        if let ordinary = await fixture.ordinaryAnswer() {
            #expect(answer.status == ordinary.status, "\(ordinary.text)")
            #expect(names(json) == names(try JSONValue(parsing: ordinary.text)))
        } else {
            #expect(names(json) == [".attachmentId", ".key", ".category"])
        }
        #expect(fixture.tus.files.allSatisfy { $0.hasPrefix("objects/\(name)/") }, "\(fixture.tus.files)")
    }

    @Test(
        "the bytes that are stored are exactly those that were sent", arguments: DialectTusFixture.names)
    func bytes(_ name: String) async throws {
        let fixture = try DialectTusFixture(name)
        try await fixture.provision()
        _ = try fixture.result(try await fixture.upload().last)
        let key = try #require(fixture.tus.files.first { $0.hasPrefix("objects/\(name)/") })
        let object = try #require(ObjectKey(validating: String(key.dropFirst("objects/".count))))
        var stored: [UInt8] = []
        for try await chunk in try await fixture.tus.objects.read(object, range: nil) { stored += [UInt8](chunk) }
        #expect(stored == DialectTusFixture.bytes)
    }

    @Test(
        "a last request that is repeated, here or at another node, makes nothing again",
        arguments: DialectTusFixture.names, engines)
    func repeated(_ name: String, _ engine: StoreEngine) async throws {
        let fixture = try DialectTusFixture(name, engine)
        try await fixture.provision()
        let (path, last) = try await fixture.upload()
        let (result, size) = (try fixture.result(last), DialectTusFixture.bytes.count)
        for node in [fixture.tus.service, try fixture.otherNode()] {
            #expect(try fixture.result(await fixture.patch(path, size..<size, of: node)) == result)
            #expect(try fixture.result(await fixture.call(.head, path, of: node)) == result)
        }
        #expect(await fixture.patch(path, 0..<size).status == .conflict)
        #expect(try await fixture.count() == 1)
    }

    @Test(
        "what was made before the node was killed is found by the next, and made no second time",
        arguments: DialectTusFixture.names, engines)
    func killedAfterMaking(_ name: String, _ engine: StoreEngine) async throws {
        let fixture = try DialectTusFixture(name, engine)
        try await fixture.provision()
        let (path, last) = try await fixture.upload()
        let result = try fixture.result(last)
        // As if the process had ended before it could record that.
        let id = String(path.split(separator: "/").last ?? "")
        let store = fixture.tus.chat.store
        var upload = try #require(try await store.resumableUpload(id, in: fixture.dialect))
        #expect(upload.content.result == result)
        upload.content.state = .open
        #expect(try await store.replace(upload))
        #expect(try fixture.result(await fixture.call(.head, path, of: try fixture.otherNode())) == result)
        #expect(try await fixture.count() == 1)
    }

    @Test(
        "two nodes that finish an upload at the same time make one message", arguments: DialectTusFixture.names, engines
    )
    func twoNodes(_ name: String, _ engine: StoreEngine) async throws {
        let fixture = try DialectTusFixture(name, engine)
        try await fixture.provision()
        let size = DialectTusFixture.bytes.count
        let path = try await fixture.create(nil, ["Upload-Defer-Length": "1"]).path
        #expect(await fixture.patch(path, 0..<size).status == .noContent)
        let (first, second) = (fixture.tus.service, try fixture.otherNode())
        let length: HTTPFields = ["Upload-Length": "\(size)"]
        async let one = fixture.patch(path, size..<size, length, of: first)
        async let other = fixture.patch(path, size..<size, length, of: second)
        for response in [await one, await other] {
            #expect([.noContent, .locked].contains(response.status), "\(response.text)")
        }
        var results: Set<String> = []
        for node in [first, second] {
            var head = await fixture.call(.head, path, of: node)
            while head.status == .locked { head = await fixture.call(.head, path, of: node) }
            results.insert(try fixture.result(head))
        }
        #expect(results.count == 1)
        if ["bananatalk", "rooms"].contains(name) { #expect(try await fixture.count() == 1) }
    }
}

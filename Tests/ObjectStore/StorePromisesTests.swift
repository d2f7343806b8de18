import Bytes
import Foundation
import ObjectStore
import Testing

@Suite("What every store promises")
struct StorePromisesTests {
    @Test(
        "bytes come back as they were written, whatever the chunks were",
        arguments: StoreUnderTest.all, [(0, 1), (1, 1), (70_000, 7), (3_000_000, 300_000), (5_000_001, 40_000)])
    func roundTrip(_ subject: StoreUnderTest, shape: (size: Int, chunk: Int)) async throws {
        try await subject.withStore { store in
            let bytes = pattern(shape.size)
            let info = try await store.put("video/a.mp4", bytes, type: "video/mp4", chunk: shape.chunk)
            #expect(info.size == shape.size)
            #expect(try await store.bytes("video/a.mp4") == bytes)
        }
    }

    @Test("mixed chunks, large and small, keep their order", arguments: StoreUnderTest.all)
    func mixedChunks(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let bytes = pattern(4_000_000)
            let writer = try await store.write(
                try key("mixed"), attributes: ObjectAttributes(contentType: "text/plain"), declaredLength: nil)
            var position = 0
            for size in [0, 1, 100_000, 5, 5, 400_000, 32_768, 32_767, 1_200_000, 3] {
                try await writer.write(ByteChunk(bytes[position..<position + size]))
                position += size
            }
            #expect(try await writer.complete().size == position)
            #expect(try await store.bytes("mixed") == Array(bytes[..<position]))
        }
    }

    @Test(
        "a copy has the bytes of what it was asked of and attributes of its own; what was replaced since is not copied",
        arguments: StoreUnderTest.all)
    func copying(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let bytes = pattern(700_000)
            let source = try await store.put("in/a.bin", bytes, type: "text/plain", chunk: 100_000)
            let attributes = ObjectAttributes(contentType: "image/png", contentDisposition: "inline")
            let copy = try await store.copy(source, to: try key("out/a.png"), attributes: attributes)
            #expect(copy.size == source.size && copy.attributes == attributes)
            #expect(try await store.bytes("out/a.png") == bytes)
            _ = try await store.put("in/a.bin", Array(bytes.reversed()), type: "text/plain", chunk: 100_000)
            #expect(try await store.bytes("out/a.png") == bytes)
            await #expect(throws: ObjectStoreError.self) {
                try await store.copy(source, to: try key("out/b.png"), attributes: attributes)
            }
            #expect(try await store.info(try key("out/b.png")) == nil)
            try await store.delete([source.key])
            await #expect(throws: ObjectStoreError.self) {
                try await store.copy(source, to: try key("out/b.png"), attributes: attributes)
            }
        }
    }

    @Test("the info describes what was written, from every function that returns it", arguments: StoreUnderTest.all)
    func info(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let attributes = ObjectAttributes(
                contentType: "application/pdf", contentDisposition: "attachment; filename=\"a/b \u{e4}.pdf\"",
                cacheControl: "private, max-age=60")
            let before = Date()
            let writer = try await store.write(try key("docs/a.pdf"), attributes: attributes, declaredLength: 5)
            try await writer.write(ByteChunk("hello".utf8))
            let completed = try await writer.complete()
            let asked = try #require(try await store.info(try key("docs/a.pdf")))
            #expect(asked.attributes == attributes)
            #expect(asked.size == 5)
            #expect(asked.etag.hasPrefix("\"") && asked.etag.hasSuffix("\"") && asked.etag.count > 2)
            // Moments of whole seconds, by the clocks of two programs.
            #expect((before - 2...Date() + 2).contains(asked.modified))
            #expect(completed.key == asked.key && completed.size == asked.size && completed.etag == asked.etag)
            #expect(completed.attributes == asked.attributes)
            // A bucket may note another second than the one it answers in.
            #expect((before - 2...Date() + 2).contains(completed.modified))
            #expect(try await store.read(try key("docs/a.pdf"), range: nil).info == asked)
            let entry = try #require(try await store.list(prefix: "docs/", after: nil, limit: 1).entries.first)
            #expect(entry.key == asked.key && entry.size == 5 && entry.etag == asked.etag)
        }
    }

    @Test("nothing is visible before the writer completes", arguments: StoreUnderTest.all)
    func invisible(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let writer = try await store.write(
                try key("a/b"), attributes: ObjectAttributes(contentType: "text/plain"), declaredLength: nil)
            try await writer.write(ByteChunk(pattern(2_500_000)))
            #expect(try await store.info(try key("a/b")) == nil)
            #expect(try await store.keys() == [])
            _ = try await writer.complete()
            #expect(try await store.keys() == ["a/b"])
        }
    }

    @Test("an aborted object never appears, and its writer accepts nothing more", arguments: StoreUnderTest.all)
    func aborted(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let writer = try await store.write(
                try key("a"), attributes: ObjectAttributes(contentType: "text/plain"), declaredLength: nil)
            try await writer.write(ByteChunk(pattern(2_500_000)))
            await writer.abort()
            await writer.abort()
            await expect(.writerClosed) { try await writer.write(ByteChunk([1])) }
            await expect(.writerClosed) { _ = try await writer.complete() }
            #expect(try await store.keys() == [])
        }
    }

    @Test("a completed object stays when its writer is aborted or used again", arguments: StoreUnderTest.all)
    func completedStays(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let writer = try await store.write(
                try key("a"), attributes: ObjectAttributes(contentType: "text/plain"), declaredLength: nil)
            try await writer.write(ByteChunk([1, 2, 3]))
            _ = try await writer.complete()
            await writer.abort()
            await expect(.writerClosed) { _ = try await writer.complete() }
            #expect(try await store.bytes("a") == [1, 2, 3])
        }
    }

    @Test("a second object of the same key replaces the first as a whole", arguments: StoreUnderTest.all)
    func replaced(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let first = try await store.put("a", pattern(1000), type: "text/plain")
            let reader = try await store.read(try key("a"), range: nil)
            let second = try await store.put("a", [7], type: "image/png")
            #expect(first.etag != second.etag)
            #expect(try await store.bytes("a") == [7])
            #expect(try await store.info(try key("a"))?.attributes.contentType == "image/png")
            var old: [UInt8] = []
            for try await chunk in reader { old += [UInt8](chunk) }
            #expect(old == pattern(1000))
        }
    }

    @Test(
        "a range gives exactly its bytes, cut at the end",
        arguments: StoreUnderTest.all,
        [0..<1, 0..<600_000, 1..<600_000, 299_999..<300_001, 599_999..<600_000, 500_000..<Int.max])
    func ranges(_ subject: StoreUnderTest, range: Range<Int>) async throws {
        try await subject.withStore { store in
            let bytes = pattern(600_000)
            try await store.put("a", bytes)
            #expect(try await store.bytes("a", range) == Array(bytes[range.clamped(to: 0..<bytes.count)]))
        }
    }

    @Test("a range that holds no byte is rejected", arguments: StoreUnderTest.all, [5..<9, 9..<10, 2..<2, -1..<3])
    func emptyRanges(_ subject: StoreUnderTest, range: Range<Int>) async throws {
        try await subject.withStore { store in
            try await store.put("a", pattern(5))
            await expect(.invalidRange) { _ = try await store.read(try key("a"), range: range) }
        }
    }

    @Test("what is not there is not found, and deleting it is no error", arguments: StoreUnderTest.all)
    func absent(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            try await store.put("a/b", [1])
            let names =
                ["x", "a/c", "x/y/z"] + (subject.deviations.contains(.deletesDirectories) ? [] : ["a", "a/b/c"])
            for name in names {
                #expect(try await store.info(try key(name)) == nil)
                await expect(.notFound) { _ = try await store.read(try key(name), range: nil) }
                try await store.delete([try key(name)])
            }
            #expect(try await store.keys() == ["a/b"])
        }
    }

    @Test("deleted objects are gone, the others are not", arguments: StoreUnderTest.all)
    func deleted(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            for name in ["a/1", "a/2", "a/b/3", "4"] { try await store.put(name, [1]) }
            try await store.delete([try key("a/1"), try key("a/b/3"), try key("none")])
            #expect(try await store.keys() == ["4", "a/2"])
            #expect(try await store.info(try key("a/1")) == nil)
            try await store.put("a/b/3", [2])
            #expect(try await store.bytes("a/b/3") == [2])
        }
    }

    static let listed = ["A", "a-b", "a.txt", "a/b", "a/b-c", "a/c/d", "a/c0", "a0", "ab/c", "b"]

    @Test(
        "a listing is sorted by the bytes of the keys and holds what begins with the prefix",
        arguments: StoreUnderTest.all, ["", "a", "a/", "a/c", "a/c/", "ab", "b", "c", "/", "..", "a\u{301}"])
    func listing(_ subject: StoreUnderTest, prefix: String) async throws {
        try await subject.withStore { store in
            for name in Self.listed.shuffled() { try await store.put(name, [1]) }
            let page = try await store.list(prefix: prefix, after: nil, limit: 100)
            guard prefix != "/" || !subject.deviations.contains(.dropsLeadingSlash) else { return }
            #expect(
                subject.order(page.keys.map(\.rawValue)) == Self.listed.filter { $0.utf8.starts(with: prefix.utf8) })
            #expect(page.next == nil)
        }
    }

    @Test("pages of any size together are the listing", arguments: StoreUnderTest.all, [1, 2, 3, 9, 10, 11])
    func pages(_ subject: StoreUnderTest, limit: Int) async throws {
        try await subject.withStore { store in
            for name in Self.listed { try await store.put(name, [1]) }
            var keys: [String] = []
            var after: ObjectKey?
            repeat {
                let page = try await store.list(prefix: "", after: after, limit: limit)
                #expect((1...limit).contains(page.entries.count))
                keys += page.keys.map(\.rawValue)
                after = page.next
            } while after != nil
            #expect(subject.order(keys) == Self.listed)
        }
    }

    @Test("writers of many objects at once do not mix", arguments: StoreUnderTest.all)
    func concurrent(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await store.put(
                            "at-once/\(index)", [UInt8](repeating: UInt8(index), count: 1_500_000), chunk: 90_000)
                    }
                }
                try await group.waitForAll()
            }
            for index in 0..<20 {
                #expect(try await store.bytes("at-once/\(index)").allSatisfy { $0 == UInt8(index) })
            }
        }
    }

    @Test("a working store passes the check, which leaves no object", arguments: StoreUnderTest.all)
    func ready(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            try await store.check()
            #expect(try await store.keys() == [])
        }
    }
}

extension StoreUnderTest {
    /// The keys as listed; sorted if the server lists in another order.
    fileprivate func order(_ keys: [String]) -> [String] {
        deviations.contains(.ordersByDirectory) ? keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : keys
    }
}

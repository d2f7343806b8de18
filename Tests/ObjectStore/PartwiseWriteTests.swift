import Bytes
import Foundation
import ObjectStore
import Testing

@Suite("Objects that are written in parts")
struct PartwiseWriteTests {
    private let attributes = ObjectAttributes(contentType: "application/octet-stream")

    @Test(
        "are visible as a whole once they are completed, whichever process wrote their parts, and a part may be written twice",
        arguments: StoreUnderTest.all)
    func parts(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let name = "resumable/a/file"
            let bytes = pattern(PartwiseWrite.partSize * 2 + 1000)
            let write = try await store.beginParts(try key(name), attributes: attributes)
            var parts: [ObjectPart] = []
            for (index, start) in stride(from: 0, to: bytes.count, by: PartwiseWrite.partSize).enumerated() {
                let part = Array(bytes[start..<min(start + PartwiseWrite.partSize, bytes.count)])
                // As by a process that has crashed before it could say so.
                if index == 1 { _ = try await store.writePart(index, of: write, [ByteChunk(part)]) }
                let chunks = [ByteChunk(part[..<300]), ByteChunk(part[300...])]
                parts.append(try await store.writePart(index, of: write, chunks))
                #expect(parts[index].size == part.count)
                #expect(try await store.info(try key(name)) == nil)
            }
            let info = try await store.completeParts(write, parts: parts, attributes: attributes)
            #expect(info.size == bytes.count)
            #expect(try await store.info(try key(name))?.size == bytes.count)
            #expect(try await store.bytes(name) == bytes)
            try await store.abortParts(write)
            #expect(try await store.bytes(name, 0..<10) == Array(bytes[0..<10]))
        }
    }

    @Test("are gone when they are aborted", arguments: StoreUnderTest.all)
    func aborting(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let name = "resumable/c/file"
            let write = try await store.beginParts(try key(name), attributes: attributes)
            let part = try await store.writePart(0, of: write, [ByteChunk(pattern(1000))])
            try await store.abortParts(write)
            try await store.abortParts(write)
            // One that its process did not tell anyone of.
            _ = try await store.beginParts(try key(name), attributes: attributes)
            try await store.abortWrites(to: [try key(name)])
            #expect(try await store.abortAbandonedParts(olderThan: .seconds(-60)) == 0)
            await #expect(throws: ObjectStoreError.self) {
                try await store.completeParts(write, parts: [part], attributes: attributes)
            }
            #expect(try await store.info(try key(name)) == nil)
        }
    }

    @Test("stay where other writes are abandoned, and are aborted by their own age", arguments: StoreUnderTest.all)
    func abandoned(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let write = try await store.beginParts(try key("resumable/d/file"), attributes: attributes)
            _ = try await store.writePart(0, of: write, [ByteChunk(pattern(1000))])
            #expect(try await store.abortAbandonedWrites(olderThan: .seconds(-60)) == 0)
            #expect(try await store.abortAbandonedParts(olderThan: .seconds(3600)) == 0)
            #expect(try await store.abortAbandonedParts(olderThan: .seconds(-60)) == 1)
        }
    }

    @Test("in a folder stay when the store is opened again, and no name leads out of the folder")
    func folder() async throws {
        try await withFolder { folder in
            let name = "resumable/e/file"
            let write = try await folder.store.beginParts(try key(name), attributes: attributes)
            let part = try await folder.store.writePart(0, of: write, [ByteChunk(pattern(1000))])
            let other = try TestFolder(path: folder.path)
            _ = try await other.store.completeParts(write, parts: [part], attributes: attributes)
            #expect(try await other.store.bytes(name) == pattern(1000))
            #expect(await other.files("parts") == [])
            for id in ["../objects/resumable/e/file", "", "/etc/passwd", String(repeating: "g", count: 32)] {
                let wrong = PartwiseWrite(key: try key(name), id: id)
                await #expect(throws: ObjectStoreError.self) {
                    _ = try await other.store.writePart(0, of: wrong, [ByteChunk(pattern(1))])
                }
                await #expect(throws: ObjectStoreError.self) { try await other.store.abortParts(wrong) }
            }
        }
    }
}

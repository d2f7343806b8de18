import Bytes
import Concurrency
import Foundation
import Glibc
import TestSupport
import Testing

@testable import ObjectStore

@Suite("What the folder store promises beyond that")
struct FolderStoreTests {
    static let text = ObjectAttributes(contentType: "text/plain")

    @Test("the bytes lie in the folder as they are, with their attributes beside them")
    func layout() async throws {
        try await withFolder { folder in
            try await folder.store.put("video/a.mp4", pattern(100))
            #expect(await folder.files("objects") == ["video", "video/a.mp4", "video/a.mp4~attributes.json"])
            #expect(FileManager.default.contents(atPath: folder.path + "/objects/video/a.mp4") == Data(pattern(100)))
            #expect(await folder.files("incoming") == [])
        }
    }

    @Test("an abort, a failure and a writer that is deallocated leave nothing behind", .timeLimit(.minutes(5)))
    func nothingRemains() async throws {
        try await withFolder { folder in
            let store = folder.store
            try await store.put("taken/by", [1])
            let aborted = try await store.write(try key("a/b"), attributes: Self.text, declaredLength: nil)
            try await aborted.write(ByteChunk(pattern(3_000_000)))
            await aborted.abort()
            let failing = try await store.write(try key("taken/by/a"), attributes: Self.text, declaredLength: nil)
            try await failing.write(ByteChunk(pattern(3_000_000)))
            await expect(.alreadyExists) { _ = try await failing.complete() }
            var abandoned: (any ObjectWriter)? = try await store.write(
                try key("c/d"), attributes: Self.text, declaredLength: nil)
            try await abandoned?.write(ByteChunk(pattern(1_500_000)))
            try await abandoned?.write(ByteChunk(pattern(1_500_000)))
            #expect(await folder.files("incoming").count == 1)
            abandoned = nil
            // Queued writes keep the file open until they are done.
            while await !folder.files("incoming").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            #expect(await folder.files("objects") == ["taken", "taken/by", "taken/by~attributes.json"])
        }
    }

    @Test("deleting removes the attributes and the directories that are empty without it, and no others")
    func emptyDirectories() async throws {
        try await withFolder { folder in
            for name in ["a/b/c/1", "a/2"] { try await folder.store.put(name, [1]) }
            try await folder.store.delete([try key("a/b/c/1")])
            #expect(await folder.files("objects") == ["a", "a/2", "a/2~attributes.json"])
            try await folder.store.delete([try key("a/2")])
            #expect(await folder.files("objects") == [])
        }
    }

    @Test(
        "what a crash left in incoming is deleted at the next start, and what is being written stays",
        .timeLimit(.minutes(5)))
    func abortsAbandonedWrites() async throws {
        try await withFolder { folder in
            let leftover = folder.path + "/incoming/0123456789abcdef"
            #expect(FileManager.default.createFile(atPath: leftover, contents: Data(pattern(1000))))
            let writer = try await folder.store.write(try key("a"), attributes: Self.text, declaredLength: nil)
            try await writer.write(ByteChunk(pattern(2_000_000)))
            while await folder.files("incoming").count < 2 { try await Task.sleep(for: .milliseconds(5)) }

            let second = try FolderStore(
                directory: folder.path, baseURL: "http://localhost", signingKey: [1], threads: folder.threads)
            #expect(await folder.files("incoming").count == 1)
            #expect(!FileManager.default.fileExists(atPath: leftover))
            _ = try await writer.complete()
            #expect(try await second.bytes("a") == pattern(2_000_000))
        }
    }

    @Test("a symbolic link in the folder leads nowhere, as an object, as a directory and as attributes")
    func symbolicLinks() async throws {
        try await withFolder { folder in
            let store = folder.store
            let secret = folder.path + "/secret"
            try FileManager.default.createDirectory(atPath: secret, withIntermediateDirectories: true)
            try Data("do not show".utf8).write(to: URL(fileURLWithPath: secret + "/file"))
            try await store.put("a", [1])
            let objects = folder.path + "/objects/"
            #expect(symlink(secret + "/file", objects + "link") == 0)
            #expect(symlink(secret, objects + "folder") == 0)
            #expect(unlink(objects + "a~attributes.json") == 0)
            #expect(symlink(secret + "/file", objects + "a~attributes.json") == 0)

            for name in ["link", "folder/file", "folder"] {
                #expect(try await store.info(try key(name)) == nil)
                await expect(.notFound) { _ = try await store.open(try key(name)) }
            }
            #expect(try await store.keys() == ["a"])
            #expect(try await store.info(try key("a"))?.attributes.contentType == "application/octet-stream")
            await expect(.alreadyExists) { try await store.put("folder/file", [2]) }
            try await store.delete([try key("folder/file"), try key("link")])
            try await store.put("link", [3])
            #expect(FileManager.default.contents(atPath: secret + "/file") == Data("do not show".utf8))
            #expect(try await store.bytes("link") == [3])
        }
    }

    @Test("a named pipe among the objects is not waited for", .timeLimit(.minutes(5)))
    func pipe() async throws {
        try await withFolder { folder in
            #expect(mkfifo(folder.path + "/objects/pipe", 0o600) == 0)
            await expect(.notFound) { _ = try await folder.store.open(try key("pipe")) }
            let keys = try await folder.store.keys()
            #expect(keys == [])
        }
    }

    @Test("a key cannot be an object and a directory at once")
    func objectOrDirectory() async throws {
        try await withFolder { folder in
            try await folder.store.put("a/b", [1])
            await expect(.alreadyExists) { try await folder.store.put("a", [2]) }
            await expect(.alreadyExists) { try await folder.store.put("a/b/c", [3]) }
            #expect(try await folder.store.keys() == ["a/b"])
            #expect(await folder.files("incoming") == [])
        }
    }

    @Test("an open object keeps its bytes when it is deleted")
    func openObject() async throws {
        try await withFolder { folder in
            try await folder.store.put("a", pattern(1000), type: "image/gif")
            let object = try await folder.store.open(try key("a"))
            try await folder.store.delete([try key("a")])
            var bytes = [UInt8](repeating: 0, count: 1000)
            #expect(pread(object.descriptor, &bytes, 1000, 0) == 1000)
            #expect(bytes == pattern(1000))
            #expect(object.info.size == 1000 && object.info.attributes.contentType == "image/gif")
        }
    }

    @Test("a file that was copied into the folder is an object, and so is one whose attributes are damaged")
    func copiedIn() async throws {
        try await withFolder { folder in
            let objects = folder.path + "/objects/"
            try Data([1, 2]).write(to: URL(fileURLWithPath: objects + "by-hand.bin"))
            try await folder.store.put("damaged", [3])
            try Data("{".utf8).write(to: URL(fileURLWithPath: objects + "damaged~attributes.json"))
            for name in ["by-hand.bin", "damaged"] {
                #expect(
                    try await folder.store.info(try key(name))?.attributes.contentType == "application/octet-stream")
            }
            #expect(try await folder.store.bytes("by-hand.bin") == [1, 2])
        }
    }

    @Test("a crash between the two files of a replacement shows the old object with its own attributes")
    func crashWhileReplacing() async throws {
        try await withFolder { folder in
            let store = folder.store
            let objects = folder.path + "/objects/"
            try await store.put("a", [1], type: "text/old")
            // The new attributes have arrived, the new bytes have not: what is left after `put` with its file put back.
            #expect(link(objects + "a", folder.path + "/kept") == 0)
            try await store.put("a", [2], type: "text/new")
            #expect(rename(folder.path + "/kept", objects + "a") == 0)
            #expect(try await store.bytes("a") == [1])
            #expect(try await store.info(try key("a"))?.attributes.contentType == "text/old")
            try await store.put("a", [3], type: "text/newer")
            #expect(try await store.info(try key("a"))?.attributes.contentType == "text/newer")
        }
    }

    @Test("objects of the same directories, written and deleted at once, do not fail because of the directories")
    func directoriesComeAndGo() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/darkroom-store-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try FolderStore(
            directory: path, baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "test disks", threads: 4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        try await store.put("deep/down/\(writer)", [UInt8(writer)])
                        try await store.delete([try key("deep/down/\(writer)")])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.keys() == [])
    }

    @Test("an object larger than the free space is rejected before the first byte, with a remedy")
    func noSpace() async throws {
        try await withFolder { folder in
            await expect(.outOfSpace) {
                _ = try await folder.store.write(try key("a"), attributes: Self.text, declaredLength: 1 << 60)
            }
        }
    }

    @Test(
        "what the system reports becomes a code that says what to do",
        arguments: [
            (ENOSPC, .outOfSpace), (EDQUOT, .outOfSpace), (EFBIG, .outOfSpace), (EIO, .unavailable),
            (EACCES, .unavailable), (EROFS, .unavailable), (EMFILE, .unavailable), (ENOENT, .unavailable),
            (EISDIR, .alreadyExists), (ENAMETOOLONG, .invalidKey),
        ] as [(Int32, ObjectStoreError.Code)])
    func systemErrors(number: Int32, code: ObjectStoreError.Code) {
        let error = ObjectStoreError(SystemError("write", number: number), key: ObjectKey(validating: "a/b"))
        #expect(error.code == code)
        #expect(error.message.contains("a/b"))
        #expect(error.description.contains(String(cString: strerror(number))))
    }

    @Test("a folder that cannot be created is an error with its name")
    func badDirectory() async throws {
        for path in ["/proc/none/objects", "/dev/null/objects"] {
            let error = thrown(ObjectStoreError.self) {
                _ = try FolderStore(
                    directory: path, baseURL: "", signingKey: [1], threads: ThreadPool(name: "disk", threads: 1))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(path) == true)
        }
    }
}

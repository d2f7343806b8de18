import Foundation
import Glibc
import TestPrograms
import Testing

@Suite("Files and folders that the program cannot use", .timeLimit(.minutes(5)))
struct FileErrorTests {
    /// A folder with an empty file in it, called `file`.
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unusable-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appendingPathComponent("file"))
        return folder
    }

    /// The program fails, and what it says has these texts and nothing of Foundation's.
    private func expect(_ finished: Finished, says texts: [String]) {
        #expect(finished.status != 0)
        let said = finished.output + finished.errors
        for text in texts { #expect(said.contains(text), "\(said)") }
        for text in ["NSCocoa", "Error Domain", "couldn\u{2019}t be", "CocoaError", "NSFilePath"] {
            #expect(!said.contains(text), "\(said)")
        }
    }

    @Test("a data folder below a file")
    func dataFolder() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.path + "/file/data"
        let finished = try await Command.run(
            Project.darkroom, ["serve", "--listen", "127.0.0.1:0", "--data", data])
        #expect(finished.status == 78)
        expect(
            finished, says: ["cannot make the folder \(folder.path)/file: Not a directory; remove what is in its place"]
        )
    }

    @Test("a file in the place of the object folder")
    func objectFolder() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appendingPathComponent("store"))
        let finished = try await Command.run(
            Project.darkroom, ["serve", "--listen", "127.0.0.1:0", "--data", folder.path],
            environment: ["DARKROOM_MONGODB_URL": ""])
        expect(finished, says: ["The object folder \(folder.path)/store cannot be opened", "Not a directory"])
    }

    @Test("a folder in the place of the file that says how far a migration is")
    func migration() async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let file = service.data.appendingPathComponent("migrate-objects.json")
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        let finished = try await Command.run(
            Project.darkroom, ["migrate", "--from", "folder", "--to", "bucket", "--data", service.data.path],
            environment: bucket.settings)
        expect(finished, says: ["cannot write \(file.path): Is a directory; remove what is in its place"])
    }

    @Test("the output of an inspection in a folder that is not there")
    func output() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let finished = try await Command.run(
            Project.darkroom,
            ["inspect", "--thumbnail", folder.path + "/none/a.jpg", try Sample.file("image/transparent.png").path])
        expect(finished, says: ["cannot write \(folder.path)/none/a.jpg: No such file or directory; make the folder"])
    }

    @Test(
        "a file system without room", .enabled(if: geteuid() == 0, "mounting takes root"),
        arguments: ["4k", "64k"])
    func noRoom(size: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/unshare"),
            [
                "--mount", "sh", "-c",
                "mount -t tmpfs -o size=\(size) tmpfs \"$1\" && exec \"$2\" serve --listen 127.0.0.1:0 --data \"$1/data\"",
                "sh", folder.path, Project.darkroom.path,
            ], environment: ["DARKROOM_MONGODB_URL": ""])
        expect(finished, says: [folder.path])
        let said = finished.output + finished.errors
        #expect(said.contains("No space left on device") || said.contains("full"), "\(said)")
    }
}

import Foundation
import Testing

@testable import Bytes

@Suite("Files that are read and written as a whole")
struct WholeFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        .path

    private func message(_ work: () throws(FileError) -> Void) -> String? {
        do throws(FileError) {
            try work()
            return nil
        } catch {
            return error.description
        }
    }

    @Test("what was written is read, and replaced as a whole")
    func written() throws {
        try WholeFile.makeFolders(folder + "/a/b")
        try WholeFile.makeFolders(folder + "/a/b")
        let file = folder + "/a/b/file"
        try WholeFile.write([1, 2, 3], to: file)
        #expect(try WholeFile.read(file, atMost: 2) == [1, 2] && WholeFile.read(file, atMost: 100) == [1, 2, 3])
        try WholeFile.replace(file, with: [4])
        #expect(try WholeFile.read(file, atMost: 100) == [4])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/a/b") == ["file"])
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("an error names the path, the cause and what can be done")
    func errors() throws {
        try WholeFile.makeFolders(folder)
        let file = folder + "/file"
        try WholeFile.write([], to: file)
        #expect(
            message { () throws(FileError) in try WholeFile.makeFolders(file + "/below") }
                == "cannot make the folder \(file): Not a directory; remove what is in its place, or name another path")
        #expect(
            message { () throws(FileError) in _ = try WholeFile.read(folder + "/none", atMost: 1) }
                == "cannot read \(folder)/none: No such file or directory; make the folder that it is in, or name another path"
        )
        try WholeFile.makeFolders(folder + "/taken")
        let taken = message { () throws(FileError) in try WholeFile.replace(folder + "/taken", with: [1]) }
        #expect(taken?.hasPrefix("cannot write \(folder)/taken: Is a directory; remove what is in its place") ?? false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["file", "taken"])
        #expect(
            message { () throws(FileError) in try WholeFile.write([1], to: "/dev/full") }
                == "cannot write /dev/full: No space left on device; free some space on its file system")
        try FileManager.default.removeItem(atPath: folder)
    }
}

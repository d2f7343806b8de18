import Foundation
import TestPrograms
import Testing

@testable import MediaWorker

/// Files that the `file` command does not call media must not be detected as media.
@Suite("Comparison with the file command", .serialized)
struct FileCommandTests {
    private static let wanted = 3000
    /// Of which one may be a link to another place.
    private static let folders = ["/usr/share", "/usr/lib", "/bin"].map {
        URL(fileURLWithPath: $0).resolvingSymlinksInPath().path
    }

    /// Regular files of the machine, the same ones each time: every n-th of all, in the order of their names.
    private static let sample: [String] = {
        let all = folders.flatMap { folder -> [String] in
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return names.map { "\(folder)/\($0)" }
        }.sorted()
        let step = max(1, all.count / (wanted * 5 / 4))
        return Array(
            stride(from: 0, to: all.count, by: step).lazy.map { all[$0] }.filter { path in
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                return attributes?[.type] as? FileAttributeType == .typeRegular && attributes?[.size] as? Int ?? 0 > 0
                    && FileManager.default.isReadableFile(atPath: path)
            }.prefix(wanted))
    }()

    /// The media types that the command reports, in the order of `paths`.
    private static func types(_ paths: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        let list = folder.file("list")
        try Data((paths.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: list))
        let output = try run("file", "--brief", "--mime-type", "--files-from", list).output
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func isMedia(_ type: String) -> Bool {
        ["audio/", "video/", "image/"].contains { type.hasPrefix($0) } || type == "application/ogg"
    }

    @Test("no file of the machine that is not media is detected as media")
    func ordinaryFiles() throws {
        let types = try Self.types(Self.sample)
        try #require(types.count == Self.sample.count && types.count > 1000)
        for folder in Self.folders { #expect(Self.sample.contains { $0.hasPrefix(folder + "/") }, "\(folder)") }
        for (path, type) in zip(Self.sample, types) where !Self.isMedia(type) {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            let head = [UInt8](try handle.read(upToCount: DetectedType.sniffedBytes) ?? Data())
            try handle.close()
            if case .media(let container) = DetectedType(sniffing: head) {
                Issue.record("\(path) is \(type) and was detected as \(container)")
            }
        }
    }

    @Test("the program reports the same")
    func program() throws {
        let paths = stride(from: 0, to: Self.sample.count, by: 15).map { Self.sample[$0] }
        let types = try Self.types(paths)
        let finished = try Command.runBlocking(
            URL(fileURLWithPath: Project.darkroom.path), ["inspect", "--json"] + paths)
        let lines = String(decoding: finished.bytes, as: UTF8.self).split(separator: "\n")
        try #require(lines.count == paths.count)
        for (line, type) in zip(lines, types) where !Self.isMedia(type) {
            let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect((report?["media"] as? [String: Any])?["kind"] as? String == "document", "\(line) of type \(type)")
        }
    }
}

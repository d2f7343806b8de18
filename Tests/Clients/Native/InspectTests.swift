import Foundation
import TestPrograms
import Testing

@Suite("darkroom inspect")
struct InspectTests {
    @Test("every sample gets a result, the broken ones a rejection with a code")
    func samples() async throws {
        for (folder, kind) in [("video", "video"), ("voice", "audio"), ("image", "image")] {
            for file in try Sample.files(in: folder) {
                let report = try await Self.inspect(file, as: kind)
                #expect(report["verdict"] as? String == "accepted", "\(file.lastPathComponent)")
                #expect((report["media"] as? [String: Any])?["mimeType"] is String)
            }
        }
        for file in try Sample.files(in: "broken") {
            let report = try await Self.inspect(file, as: "video")
            #expect(report["verdict"] as? String == "refused", "\(file.lastPathComponent)")
            #expect((report["error"] as? [String: Any])?["code"] is String)
        }
    }

    @Test("every file of the real collection is accepted or rejected: none crashes the inspection, none hangs it")
    func realMedia() async throws {
        let media = Project.root.deletingLastPathComponent().appendingPathComponent("shared/media")
        guard let files = FileManager.default.enumerator(at: media, includingPropertiesForKeys: nil) else { return }
        while let file = files.nextObject() as? URL {
            guard !file.hasDirectoryPath, !["tsv", "md"].contains(file.pathExtension) else { continue }
            let report = try await Self.inspect(file)
            #expect(report["verdict"] is String, "\(file.lastPathComponent)")
        }
    }

    @Test("the thumbnail and the waveform's picture are written where they are asked for")
    func outputs() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let thumbnail = folder.appendingPathComponent("t.jpg")
        let made = try await Command.run(
            Project.darkroom,
            ["inspect", "--thumbnail", thumbnail.path, try Sample.file("video/landscape.mp4").path])
        #expect(made.status == 0, "\(made.errors)")
        #expect(try Data(contentsOf: thumbnail).starts(with: [0xFF, 0xD8, 0xFF]))
        let waveform = folder.appendingPathComponent("w.png")
        let drawn = try await Command.run(
            Project.darkroom, ["inspect", "--waveform", waveform.path, try Sample.file("voice/voice.ogg").path])
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(try Data(contentsOf: waveform).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("a named pipe is not waited for, and an output that cannot be written is named with the reason")
    func odd() async throws {
        let pipe = NSTemporaryDirectory() + UUID().uuidString
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let rejected = try await Command.run(Project.darkroom, ["inspect", pipe])
        #expect(rejected.status == 1)
        #expect((rejected.output + rejected.errors).contains("is not a regular file"), "\(rejected)")
        let path = "/nonexistent/t.jpg"
        let failed = try await Command.run(
            Project.darkroom, ["inspect", "--thumbnail", path, try Sample.file("video/short.mp4").path])
        #expect(failed.status == 1)
        #expect(failed.errors.contains("cannot write \(path): No such file or directory"), "\(failed.errors)")
    }

    @Test(
        "a waveform correlates with the peaks that numpy computes from the ffmpeg command's samples, whatever the format"
    )
    func waveforms() async throws {
        let files = try Sample.files(in: "voice").map(\.path)
        let made = try await Python.run("waveform_correlation.py", [Project.darkroom.path] + files)
        let correlations = try #require(try made.json() as? [String: Double], "\(made.errors)")
        #expect(correlations.count == files.count && files.count > 5)
        for (file, correlation) in correlations { #expect(correlation >= 0.99, "\(file)") }
    }

    private static func inspect(_ file: URL, as kind: String? = nil) async throws -> [String: Any] {
        let options = kind.map { ["--kind", $0] } ?? []
        let finished = try await Command.run(Project.darkroom, ["inspect", "--json", file.path] + options)
        #expect([0, 1].contains(finished.status), "\(file.lastPathComponent): \(finished.errors)")
        return try #require(try finished.json() as? [String: Any])
    }
}

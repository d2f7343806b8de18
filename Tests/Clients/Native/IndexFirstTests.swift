import Foundation
import TestPrograms
import Testing

@Suite("Videos that are sent with their index last", .timeLimit(.minutes(20)))
struct IndexFirstTests {
    @Test(
        "play from their first megabytes, with the same frames, and nothing is left",
        arguments: ["", "rclone", "seaweedfs"])
    func playable(kind: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sent = folder.appendingPathComponent("sent.mp4")
        // Some parts of 5 MB.
        let source = "testsrc2=duration=1:size=1280x720:rate=25,noise=alls=60:allf=t"
        _ = try await ffmpeg(
            ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=duration=1"]
                + ["-c:v", "mpeg4", "-q:v", "1", "-c:a", "aac", sent.path])
        let bytes = try Data(contentsOf: sent)
        try #require(bytes.count > 20 << 20)

        let bucket = kind.isEmpty ? nil : try await TestBucket.start(kind)
        var settings = ["DARKROOM_INDEX_FIRST": "on"]
        settings.merge(bucket?.settings ?? [:]) { first, _ in first }
        if bucket != nil { settings["DARKROOM_S3_PART_SIZE"] = "5" }
        let service = try TestService.start(settings)
        let answer = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": sent],
            headers: ["X-On-Behalf-Of": "ann"])
        try #require(answer.status == 201, "\(answer.body)")
        #expect(answer.body["sha256"] is NSNull)
        let digest = try await Command.run(URL(fileURLWithPath: "/usr/bin/sha256sum"), [sent.path]).output.prefix(64)
        #expect(answer.body["sourceSha256"] as? String == String(digest))

        let stored = folder.appendingPathComponent("stored.mp4")
        let url = try #require(answer.body["url"] as? String)
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-sf", "-o", stored.path, url])
        let received = try Data(contentsOf: stored)
        #expect(answer.body["fileSize"] as? Int == received.count)
        #expect(try await frames(stored) == frames(sent))
        #expect(try await isPlayable(received.prefix(3 << 20), in: folder))
        #expect(try await !isPlayable(bytes.prefix(3 << 20), in: folder))
        if let bucket { #expect(try await bucket.state()["uploads"] == 0) }
    }

    /// The digests of all frames and samples.
    private func frames(_ file: URL) async throws -> String {
        try await ffmpeg(["-i", file.path, "-map", "0", "-f", "framemd5", "-"])
    }

    /// Whether a player that cannot seek shows a picture of the first bytes of a file.
    private func isPlayable(_ bytes: Data, in folder: URL) async throws -> Bool {
        let file = folder.appendingPathComponent("first.mp4")
        try bytes.write(to: file)
        let command = "cat '\(file.path)' | ffmpeg -v error -i - -frames:v 1 -f framemd5 - | grep -c '^0,' || true"
        return try await Command.run(URL(fileURLWithPath: "/bin/sh"), ["-c", command]).output.hasPrefix("1")
    }

    private func ffmpeg(_ arguments: [String]) async throws -> String {
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["ffmpeg", "-v", "error", "-y"] + arguments)
        try #require(finished.status == 0, "\(finished.errors)")
        return finished.output
    }
}

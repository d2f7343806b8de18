import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("A picture beside a sound")
struct CoverTrackTests {
    private static func made(_ fileExtension: String, _ arguments: [String]) throws -> Inspection {
        let folder = try TemporaryFolder()
        let (path, cover) = (folder.file("a.\(fileExtension)"), folder.file("cover.jpg"))
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=600x600", "-frames:v", "1", cover)
        let words = arguments.map { $0 == "COVER" ? cover : $0 == "SOUND" ? "\(samples)/voice/voice.m4a" : $0 }
        try runArguments(["ffmpeg", "-v", "error"] + words + [path])
        var policy = everything
        policy.audioContainers = Set(MediaFormat.allCases)
        return try inspectFile(path, policy)
    }

    @Test(
        "a cover that is a track of one frame makes no video of a sound",
        arguments: [
            ("mp4", ["-i", "SOUND", "-i", "COVER", "-map", "0", "-map", "1", "-c", "copy"]),
            ("mp4", ["-i", "COVER", "-i", "SOUND", "-map", "0", "-map", "1", "-c", "copy", "-brand", "M4A "]),
            (
                "m4a",
                ["-i", "SOUND", "-i", "COVER", "-map", "0", "-map", "1", "-c", "copy", "-f", "mp4", "-brand", "M4A "]
            ),
            ("mka", ["-i", "SOUND", "-i", "COVER", "-map", "0", "-map", "1", "-c", "copy"]),
            ("mp4", ["-i", "SOUND", "-i", "COVER", "-map", "0", "-map", "1", "-c:a", "copy", "-c:v", "png"]),
        ])
    func covers(fileExtension: String, arguments: [String]) throws {
        let found = try Self.made(fileExtension, arguments)
        #expect(found.kind == .audio && found.streams.contains { $0.type == "picture" })
        #expect(abs(try #require(found.duration) - 7.2) < 0.05 && found.waveform != nil)
    }

    @Test(
        "a video of few frames stays one",
        arguments: [
            // One frame of a codec for videos; two pictures; one without a sound.
            ("mp4", ["-i", "SOUND", "-i", "COVER", "-map", "0", "-map", "1", "-c:a", "copy", "-c:v", "libx264"]),
            (
                "mp4",
                [
                    "-i", "SOUND", "-loop", "1", "-t", "2", "-r", "1", "-i", "COVER", "-map", "0", "-map", "1", "-c:a",
                    "copy", "-c:v", "mjpeg",
                ]
            ),
            ("mp4", ["-i", "COVER", "-c", "copy"]),
        ])
    func videos(fileExtension: String, arguments: [String]) throws {
        #expect(try Self.made(fileExtension, arguments).kind == .video)
    }
}

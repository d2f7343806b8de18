import Foundation
import Testing

@testable import MediaWorker

@Suite("Thumbnail")
struct ThumbnailTests {
    static let videos = [
        "landscape.mp4", "landscape-moov-last.mp4", "portrait.mp4", "anamorphic.mp4", "clip.mov", "clip.m4v",
        "clip.3gp", "clip.avi",
        "clip.webm", "clip-vp8.webm", "recorder.webm", "fragmented.mp4", "no-audio.mp4", "ten-minutes.mp4",
    ]

    @Test("it shows the frame that the ffmpeg command gives at one second", arguments: videos + ForeignMedia.videos)
    func sameFrame(name: String) throws {
        let path = name.hasPrefix("/") ? name : "\(samples)/video/\(name)"
        let found = try inspectFile(path)
        let thumbnail = try #require(found.thumbnail)
        let dimensions = try #require(found.dimensions).fitted(to: 640)
        let similarity = try similarity(of: thumbnail, dimensions, toFrameOf: path, options: ["-ss", "1"])
        // A foreign one is nearly black, where a step of brightness already counts.
        #expect(similarity >= (name.hasPrefix("/") ? 0.96 : 0.98), "\(name)")
    }

    @Test("a clip that is shorter than a second gives its last frame")
    func lastFrame() throws {
        let path = "\(samples)/video/short.mp4"
        let found = try inspectFile(path)
        let dimensions = try #require(found.dimensions)
        // The last of ten frames begins at 0.36 s.
        let similarity = try similarity(
            of: #require(found.thumbnail), dimensions, toFrameOf: path, options: ["-ss", "0.35"])
        #expect(similarity >= 0.98)
        let first = try self.similarity(of: #require(found.thumbnail), dimensions, toFrameOf: path, options: [])
        #expect(first < similarity)
    }

    @Test("the frame may be asked for at any time and in any size, and is never enlarged")
    func settings() throws {
        var policy = everything
        policy.thumbnail = ThumbnailSettings(longestSide: 200, time: 2.5)
        let path = "\(samples)/video/landscape.mp4"
        let small = try inspectFile(path, policy)
        let similarity = try similarity(
            of: #require(small.thumbnail), Dimensions(width: 200, height: 113), toFrameOf: path,
            options: ["-ss", "2.5"])
        #expect(similarity >= 0.97)
        policy.thumbnail = ThumbnailSettings(longestSide: 5000)
        let large = try inspectFile(path, policy)
        #expect(ImageHeader(try #require(large.thumbnail), container: .jpeg)?.dimensions == large.dimensions)
    }

    @Test("colours are what the video's matrix makes of them", arguments: ["bt709", "smpte170m"])
    func colours(matrix: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("green.mp4")
        let filter = "scale=out_color_matrix=\(matrix):out_range=tv,format=yuv420p"
        try run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=0x20C040:size=1280x720:duration=1,format=rgb24", "-vf",
            filter, "-colorspace", matrix, "-color_range", "tv", path)
        try Data(#require(try inspectFile(path).thumbnail)).write(to: URL(fileURLWithPath: folder.file("t.jpg")))
        let pixel = try run(
            "ffmpeg", "-v", "error", "-i", folder.file("t.jpg"), "-vf", "scale=1:1", "-pix_fmt", "rgb24", "-f",
            "rawvideo", "-")
        for (found, expected) in zip(pixel.output, [0x20, 0xC0, 0x40] as [UInt8]) {
            #expect(abs(Int(found) - Int(expected)) <= 4)
        }
    }

    @Test("each of the eight Exif orientations comes out upright", arguments: 1...8)
    func orientation(number: Int) throws {
        let upright = try inspectFile("\(samples)/image/orientation-1.jpg")
        let found = try inspectFile("\(samples)/image/orientation-\(number).jpg")
        #expect(found.dimensions == upright.dimensions)
        let folder = try TemporaryFolder()
        try Data(#require(upright.thumbnail)).write(to: URL(fileURLWithPath: folder.file("upright.jpg")))
        let similarity = try similarity(
            of: #require(found.thumbnail), #require(found.dimensions), toFrameOf: folder.file("upright.jpg"),
            options: [])
        #expect(similarity >= 0.98)
    }

    @Test(
        "it carries no metadata", arguments: ["image/orientation-6.jpg", "video/portrait.mp4", "image/transparent.png"])
    func stripped(name: String) throws {
        let thumbnail = try #require(try inspectFile("\(samples)/\(name)").thumbnail)
        let text = String(decoding: thumbnail, as: UTF8.self)
        #expect(!text.contains("Exif") && !text.contains("Lavc"))
    }

    @Test("what is transparent lies on white", arguments: ["rgba", "ya8"])
    func onWhite(format: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("nothing.png")
        try run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red@0.0:size=64x64,format=\(format)", "-frames:v", "1",
            path)
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        try Data(thumbnail).write(to: URL(fileURLWithPath: folder.file("t.jpg")))
        let pixels = try run(
            "ffmpeg", "-v", "error", "-i", folder.file("t.jpg"), "-vf", "crop=4:4:0:0", "-pix_fmt", "rgb24", "-f",
            "rawvideo", "-")
        #expect(pixels.output.count == 48 && pixels.output.allSatisfy { $0 > 245 })
    }

    /// SSIM of a JPEG to what the command makes of a file, both as displayed.
    private func similarity(
        of jpeg: [UInt8], _ size: Dimensions, toFrameOf path: String, options: [String]
    ) throws -> Double {
        let folder = try TemporaryFolder()
        try Data(jpeg).write(to: URL(fileURLWithPath: folder.file("ours.jpg")))
        let reference = folder.file("theirs.png")
        let command = ["ffmpeg", "-v", "error"] + options + ["-i", path, "-frames:v", "1"]
        try runArguments(
            command + [
                "-vf",
                "scale=\(size.width):\(size.height):flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,setsar=1",
                "-pix_fmt", "rgb24", reference,
            ])
        let log = try run(
            "ffmpeg", "-hide_banner", "-i", folder.file("ours.jpg"), "-i", reference, "-lavfi",
            "[0:v]format=gray[a];[1:v]format=gray[b];[a][b]ssim", "-f", "null", "-")
        let value = log.errors.components(separatedBy: "All:").dropFirst().first?.prefix { $0 != " " }
        return try #require(value.flatMap { Double($0) }, "\(log.errors)")
    }
}

import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Thumbnail")
struct ThumbnailTests {
    static let videos = [
        "landscape.mp4", "landscape-moov-last.mp4", "portrait.mp4", "anamorphic.mp4", "clip.mov", "clip.m4v",
        "clip.3gp", "clip.avi",
        "clip.webm", "clip-vp8.webm", "recorder.webm", "fragmented.mp4", "no-audio.mp4", "ten-minutes.mp4",
    ]

    private static let anyContainer: MediaPolicy = {
        var policy = everything
        policy.videoContainers = Set(MediaFormat.allCases)
        return policy
    }()

    @Test("it shows the frame that the ffmpeg command gives at one second", arguments: videos + ForeignMedia.videos)
    func sameFrame(name: String) throws {
        let path = name.hasPrefix("/") ? name : "\(samples)/video/\(name)"
        let found = try inspectFile(path, Self.anyContainer)
        let thumbnail = try #require(found.thumbnail)
        #expect(ImageHeader(thumbnail, container: .jpeg)?.dimensions == found.dimensions?.fitted(to: 640))
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: 1) >= 0.98)
    }

    @Test("one of high dynamic range shows that frame, brought down", arguments: ForeignMedia.brightVideos)
    func brightFrame(path: String) throws {
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        // Another tone curve is another picture: the same to the eye, not to the digit.
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: 1, .toneMapped) >= 0.96)
    }

    @Test("a clip that is shorter than a second gives its last frame")
    func lastFrame() throws {
        let path = "\(samples)/video/short.mp4"
        let found = try inspectFile(path)
        // The last of ten frames begins at 0.36 s.
        let similarity = try Similarity.of(#require(found.thumbnail), toFrameOf: path, at: 0.35)
        #expect(similarity >= 0.98)
        #expect(try Similarity.of(#require(found.thumbnail), toFrameOf: path, at: nil) < similarity)
    }

    @Test("the frame may be asked for at any time and in any size, and is never enlarged")
    func settings() throws {
        var policy = everything
        policy.thumbnail = ThumbnailSettings(longestSide: 200, time: 2.5)
        let path = "\(samples)/video/landscape.mp4"
        let small = try inspectFile(path, policy)
        #expect(try Similarity.of(#require(small.thumbnail), toFrameOf: path, at: 2.5) >= 0.97)
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
        #expect(try Similarity.of(#require(found.thumbnail), toFrameOf: folder.file("upright.jpg"), at: nil) >= 0.98)
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
}

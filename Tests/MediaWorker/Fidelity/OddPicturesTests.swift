import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Odd pictures")
struct OddPicturesTests {
    @Test(
        "an animation shows its first frame",
        arguments: [
            ("gif", ["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse"]), ("png", ["-f", "apng", "-plays", "0"]),
            ("webp", ["-c:v", "libwebp_anim", "-quality", "90"]),
        ])
    func animations(fileExtension: String, options: [String]) throws {
        let folder = try TemporaryFolder()
        let (path, first) = (folder.file("moving.\(fileExtension)"), folder.file("first.png"))
        let source = ["-f", "lavfi", "-i", "testsrc2=size=320x200:rate=5:duration=1"]
        try runArguments(["ffmpeg", "-v", "error"] + source + options + [path])
        try runArguments(["ffmpeg", "-v", "error"] + source + ["-frames:v", "1", first])
        let found = try inspectFile(path)
        #expect(found.kind == .image && found.dimensions == Dimensions(width: 320, height: 200))
        #expect(try Similarity.of(try #require(found.thumbnail), toFrameOf: first, at: nil) >= 0.97)
    }

    @Test("an animation that this FFmpeg cannot decode says so and is taken all the same")
    func partialAnimation() throws {
        // A WebP canvas of 64 × 64 whose first frame covers a part of it.
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
            Array(type.utf8) + number(content.count, 4) + content
        }
        let canvas = chunk("VP8X", [2, 0, 0, 0] + number(63, 3) + number(63, 3))
        let numbers = [2, 2, 15, 15, 100].flatMap { number($0, 3) }
        let frame = chunk("ANMF", numbers + [0])
        let content = Array("WEBP".utf8) + canvas + chunk("ANIM", [0, 0, 0, 0, 0, 0]) + frame
        let found = try inspectBytes(Array("RIFF".utf8) + number(content.count, 4) + content)
        #expect(found.kind == .image && found.dimensions == Dimensions(width: 64, height: 64))
        #expect(found.thumbnail == nil && found.thumbnailFailure == "this build cannot decode this animation")
        #expect(found.blurHash == nil)
    }

    @Test("HEIC of which only the size is known is measured and stored, and says that it has no preview")
    func heic() throws {
        func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
            let length = content.count + 8
            return [0, 0, UInt8(length >> 8), UInt8(length & 255)] + Array(type.utf8) + content
        }
        let size = box("ispe", [0, 0, 0, 0, 0, 0, 0x0F, 0xC0, 0, 0, 0x0B, 0xD0])
        let properties = box("iprp", box("ipco", size + box("irot", [3])))
        let file = box("ftyp", Array("heic\0\0\0\0mif1heic".utf8)) + box("meta", [0, 0, 0, 0] + properties)
        let found = try inspectBytes(file + box("mdat", [UInt8](repeating: 1, count: 1000)))
        #expect(found.kind == .image && found.mimeType == "image/heic")
        #expect(found.dimensions == Dimensions(width: 3024, height: 4032))
        #expect(
            found.thumbnail == nil
                && found.thumbnailFailure == "the file does not say which of its items is the picture")
    }

    static let pictures =
        (1...8).map { "\(samples)/image/orientation-\($0).jpg" }
        + ["transparent.png", "animated.gif", "picture.webp"].map { "\(samples)/image/\($0)" }
        + ForeignMedia.comparable.filter { path in
            // The colour profile of one is not that of sRGB, and the command ignores profiles; before version 7 it opens no HEIC.
            !path.hasSuffix("motion-photo.jpg") && !path.hasSuffix(".heic") && (try? inspectFile(path))?.kind == .image
                && (try? inspectFile(path))?.thumbnail != nil
        }

    @Test("a picture's thumbnail is what the ffmpeg command makes of it, upright and on white", arguments: pictures)
    func asDecoded(path: String) throws {
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        let preparation: Similarity.Preparation = path.hasSuffix(".png") ? .overWhite : .none
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: nil, preparation) >= 0.98)
    }

    @Test("a thumbnail holds nothing but the picture: no segment that an application could fill")
    func nothingElse() throws {
        let files = ["image/orientation-6.jpg", "image/transparent.png", "video/portrait.mp4", "video/clip.webm"]
            .map { "\(samples)/\($0)" }
        for path in files + ForeignMedia.files.filter({ $0.hasSuffix(".jpg") || $0.hasSuffix(".mov") }) {
            guard let thumbnail = try? inspectFile(path).thumbnail else { continue }
            let kept = JPEGMetadataFilterTests.filtered(thumbnail, .all)
            #expect(kept == thumbnail, "\(path)")
        }
    }
}

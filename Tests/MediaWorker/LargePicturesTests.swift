import Foundation
import HostileMedia
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Large pictures")
struct LargePicturesTests {
    @Test(
        "a telephone's picture of 64 megapixels has its thumbnail",
        arguments: ["telephone.jpg", "telephone-progressive.jpg"])
    func telephone(name: String) throws {
        let path = try ReferencePictures.made.get().path(name)
        let found = try inspectFile(path)
        #expect(found.dimensions == Dimensions(width: 9248, height: 6936))
        #expect(try ReferencePictures.difference(#require(found.thumbnail), from: path).plain < 4)
    }

    @Test(
        "beyond the setting it is stored without a preview and says why, in every format",
        arguments: ["image/orientation-1.jpg", "image/transparent.png", "image/picture.webp", "image/animated.gif"])
    func beyond(name: String) throws {
        var policy = everything
        policy.thumbnail?.maximumPixels = 1000
        let found = try inspectFile("\(samples)/\(name)", policy)
        let size = try #require(found.dimensions)
        #expect(found.thumbnail == nil && found.blurHash == nil && found.kind == .image)
        #expect(
            found.thumbnailFailure
                == "previews are made of at most 1000 pixels, and \(size.width) × \(size.height) are more")
    }

    @Test("the same holds for a video, which plays as long as it did")
    func video() throws {
        var policy = everything
        policy.thumbnail?.maximumPixels = 1000
        let found = try inspectFile("\(samples)/video/landscape.mp4", policy)
        #expect(found.thumbnail == nil && found.duration == 4)
        #expect(found.thumbnailFailure?.contains("1280 × 720") ?? false)
    }

    @Test("a picture that is not shown must come to its end all the same")
    func end() throws {
        var policy = everything
        policy.thumbnail?.maximumPixels = 1000
        for name in ["orientation-1.jpg", "transparent.png", "picture.webp"] {
            let bytes = Array(try sample("image/\(name)").dropLast(100))
            #expect(rejection { () throws(MediaError) in try inspectBytes(bytes, policy) } == .truncated)
        }
    }

    @Test("what is larger than any picture is rejected, with the limit in the message")
    func bound() throws {
        do throws(MediaError) {
            _ = try inspectBytes(HostileFile.pixels[3].bytesForTests())
            Issue.record("it was taken")
        } catch {
            #expect(error.code == .tooManyPixels && error.limit == 500_000_000)
            #expect(error.message.contains("500000000") && error.message.contains("65500 × 65500"))
        }
    }

    @Test("8K video has its thumbnail")
    func eightK() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("8k.mp4")
        try runArguments(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=7680x4320:rate=1:duration=1", "-c:v"]
                + ["libx264", "-preset", "ultrafast", path])
        let found = try inspectFile(path)
        #expect(found.dimensions == Dimensions(width: 7680, height: 4320))
        #expect(ImageHeader(try #require(found.thumbnail), container: .jpeg)?.dimensions.width == 640)
    }
}

extension HostileFile {
    fileprivate func bytesForTests() throws(MediaError) -> [UInt8] {
        do { return try bytes() } catch { throw MediaError(.internal, "\(error)") }
    }
}

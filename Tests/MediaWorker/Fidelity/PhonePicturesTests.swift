import FFmpeg
import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("HEIC and AVIF")
struct PhonePicturesTests {
    /// One picture in each form: plain, with opacity, with 10 bits, of tiles, of tiles described behind their data, and moving.
    static let pictures: [String] = [
        "picture.heic", "transparent.heic", "deep.heic", "tiles.heic", "tiles-last.heic", "picture.avif",
        "transparent.avif", "deep.avif", "tiles.avif", "moving.avif",
    ]

    @Test("a picture shows what was taken: put together, cut, turned, mirrored and over white", arguments: pictures)
    func asTaken(name: String) throws {
        let found = try inspectFile("\(samples)/image/\(name)")
        let format: MediaFormat = name.hasSuffix("heic") ? .heic : .avif
        #expect(found.kind == .image && found.container == format.rawValue)
        #expect(found.dimensions == Dimensions(width: 480, height: 320))
        #expect(found.thumbnailFailure == nil && found.blurHash != nil)
        // The writer of the sequence adds an opacity to it.
        let hasOpacity = name.hasPrefix("transparent") || name == "moving.avif"
        #expect(found.picture?.hasTransparency == hasOpacity)
        let thumbnail = try #require(found.thumbnail)
        let original = "\(samples)/image/orientation-1.jpg"
        #expect(try Similarity.of(thumbnail, toFrameOf: original, at: nil) >= 0.97)
        let colours = try corners(thumbnail)
        for (colour, expected) in zip(colours, Self.corners) {
            #expect(zip(colour, expected).allSatisfy { abs($0 - $1) <= 12 }, "\(colours)")
        }
    }

    /// Red, green, blue and yellow, from the upper left to the lower right.
    private static let corners: [[Int]] = [[255, 0, 0], [0, 128, 0], [0, 0, 255], [255, 255, 0]]

    /// The colours of the corners of a JPEG, by the ffmpeg command.
    private func corners(_ jpeg: [UInt8]) throws -> [[Int]] {
        let folder = try TemporaryFolder()
        let path = folder.file("thumbnail.jpg")
        try Data(jpeg).write(to: URL(fileURLWithPath: path))
        let pixels = [UInt8](
            try run("ffmpeg", "-v", "error", "-i", path, "-pix_fmt", "rgb24", "-f", "rawvideo", "-").output)
        try #require(pixels.count == 480 * 320 * 3)
        return [(20, 20), (459, 20), (20, 299), (459, 299)].map { x, y in
            let first = 3 * (y * 480 + x)
            return pixels[first..<first + 3].map(Int.init)
        }
    }

    @Test("a file that ends within its picture is rejected as cut short", arguments: pictures)
    func cutShort(name: String) throws {
        let bytes = try sample("image/\(name)")
        // Behind the data of tiles-last.heic is the description, without which nothing is known.
        let start = try #require(topLevelBoxes(bytes).first { $0.type == "mdat" }).range.lowerBound
        for end in stride(from: start + 9, to: bytes.count, by: 37) where name != "moving.avif" {
            let code = rejection { () throws(MediaError) in try inspectBytes(Array(bytes[..<end])) }
            #expect(code == .truncated || code == .unreadable, "\(end) of \(bytes.count)")
        }
    }

    @Test("a file that ends within its picture is rejected, too, where no preview is made of it")
    func cutShortWithoutPreview() throws {
        var policy = everything
        policy.thumbnail = nil
        let bytes = try sample("image/tiles.heic")
        #expect(try inspectBytes(bytes, policy).dimensions == Dimensions(width: 480, height: 320))
        #expect(
            rejection { () throws(MediaError) in try inspectBytes(bytes.dropLast(40), policy) } == .truncated)
    }

    @Test("whatever a byte of the description is changed to, there is a definite result", arguments: pictures)
    func mutants(name: String) throws {
        let bytes = try sample("image/\(name)")
        let meta = try #require(topLevelBoxes(bytes).first { $0.type == "meta" }).range
        for (index, value) in zip(meta, [UInt8](arrayLiteral: 0, 255, 1, 128, 64).cycled(to: meta.count)) {
            var mutant = bytes
            mutant[index] = value == mutant[index] ? value ^ 2 : value
            do throws(MediaError) {
                let found = try inspectBytes(mutant)
                #expect(found.thumbnail != nil || found.thumbnailFailure != nil, "byte \(index)")
            } catch {
                #expect([.truncated, .unreadable, .tooManyPixels, .unsupported].contains(error.code), "byte \(index)")
            }
        }
    }

    /// What is replaced in tiles.heic, by what, and the reason for which there is no preview.
    static let refusals: [(String, String, String)] = [
        ("grid\0", "iovl\0", "a picture laid over others (iovl) is not decoded here"),
        ("grid\0", "iden\0", "a picture derived from another (iden) is not decoded here"),
        ("grid\0", "jpeg\0", "this build cannot decode a picture of this item type"),
        ("hvc1\0", "unci\0", "the tiles of the picture are not all coded as HEVC, or all as AV1"),
        ("dimg", "cdsc", "the grid of the picture does not match its tiles"),
        ("hvcC", "hvcX", "the file has no configuration for the decoder of its picture"),
        ("pitm", "pitX", "the file does not say which of its items is the picture"),
        ("iloc", "ilox", "the file does not say where its picture is"),
    ]

    @Test("a picture that is not decoded here is taken, with the reason", arguments: refusals)
    func refused(old: String, new: String, reason: String) throws {
        var bytes = try sample("image/tiles.heic")
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(old.utf8)) })
        bytes.replaceSubrange(place..<place + old.utf8.count, with: Array(new.utf8))
        let found = try inspectBytes(bytes)
        #expect(found.kind == .image && found.thumbnail == nil && found.thumbnailFailure == reason)
    }

    @Test("a picture of more pixels than are decoded is taken without a preview, and nothing of it is decoded")
    func tooLarge() throws {
        var policy = everything
        policy.thumbnail?.maximumPixels = 480 * 320 - 1
        for name in Self.pictures {
            let found = try inspectFile("\(samples)/image/\(name)", policy)
            #expect(found.dimensions == Dimensions(width: 480, height: 320))
            #expect(
                found.thumbnail == nil && found.thumbnailFailure?.hasPrefix("previews are made of at most") ?? false)
        }
        // The tiles together are larger than what is displayed of them.
        policy.thumbnail?.maximumPixels = 480 * 320
        #expect(try inspectFile("\(samples)/image/tiles.heic", policy).thumbnail == nil)
    }
}

extension Array {
    /// The elements, over and over.
    fileprivate func cycled(to count: Int) -> [Element] { (0..<count).map { self[$0 % self.count] } }
}

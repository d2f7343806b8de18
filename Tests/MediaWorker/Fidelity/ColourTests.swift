import FFmpeg
import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Colours")
struct ColourTests {
    @Test(
        "a preview has the colours that the picture's profile gives it, in sRGB",
        arguments: [
            "p3.jpg", "gbr.jpg", "large-profile.jpg", "gray.jpg", "inks.jpg", "gbr.png", "palette.png", "alpha.png",
            "gray.png", "small.png", "gbr.webp", "gbr-lossless.webp", "gamma.png", "places.png", "points.png",
        ])
    func profiles(name: String) throws {
        let path = try ReferencePictures.made.get().path(name)
        let found = try inspectFile(path)
        let difference = try ReferencePictures.difference(try #require(found.thumbnail), from: path)
        #expect(difference.managed < 4)
        // It is seen where it is left out.
        #expect(difference.plain > 8)
    }

    @Test(
        "a profile that is sRGB, damaged, of another kind or without end changes nothing",
        arguments: ["srgb.jpg", "torn.jpg", "wrong-kind.jpg", "bomb.png", "ordinary.png"])
    func harmless(name: String) throws {
        let pictures = try ReferencePictures.made.get()
        let plain = name.hasSuffix("png") ? "plain.png" : "plain.jpg"
        let found = try inspectFile(pictures.path(name))
        #expect(try found.thumbnail == inspectFile(pictures.path(plain)).thumbnail)
    }

    @Test("the BlurHash is of the colours that are shown")
    func blurHash() throws {
        let pictures = try ReferencePictures.made.get()
        let (plain, turned) = (try inspectFile(pictures.path("plain.jpg")), try inspectFile(pictures.path("gbr.jpg")))
        let shown = try StillDecoder.decode(
            #require(turned.thumbnail), format: .jpeg, settings: DecoderSettings(maximumPixels: 1 << 20))
        let miniature = try shown.planarPicture(width: shown.width, height: shown.height).miniature(longestSide: 32)
        let expected = BlurHash(for: miniature).text(of: miniature)
        #expect(turned.blurHash != plain.blurHash)
        // Four characters encode the mean of all pixels.
        func mean(_ text: String) -> [Int] {
            let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~")
            let value = text.dropFirst(2).prefix(4).reduce(0) { $0 * 83 + (alphabet.firstIndex(of: $1) ?? 0) }
            return [value >> 16, value >> 8 & 255, value & 255]
        }
        #expect(zip(mean(try #require(turned.blurHash)), mean(expected)).allSatisfy { abs($0 - $1) <= 2 })
    }

    @Test("columns of one pixel keep their colours")
    func tiny() throws {
        let path = try ReferencePictures.made.get().path("tiny.png")
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        let pixels = try Pixels(jpeg: thumbnail)
        let colours: [[Int]] = [[255, 0, 0], [0, 0, 255], [0, 200, 0]]
        for x in 0..<16 {
            #expect(zip(try pixels.at(x, 8), colours[x % 3]).allSatisfy { abs($0 - $1) <= 10 }, "column \(x)")
        }
    }

    /// Patches in a video: their expected colours and their positions.
    private static let patches: [(colour: [Int], x: Int)] = [
        ([200, 50, 50], 40), ([40, 180, 60], 120), ([60, 80, 200], 200), ([128, 128, 128], 280),
    ]

    @Test(
        "the primaries of a video are brought to a display's",
        arguments: [
            ("smpte432", "bt709", "bt709"), ("bt2020", "bt2020-10", "bt2020nc"),
            ("smpte170m", "smpte170m", "smpte170m"),
            ("bt470bg", "bt709", "bt470bg"), ("smpte432", "smpte2084", "bt2020nc"), ("bt2020", "smpte2084", "bt2020nc"),
        ])
    func primaries(primaries: String, transfer: String, matrix: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("patches.mp4")
        let isTelevision = ["smpte170m", "bt470bg"].contains(primaries)
        let boxes = Self.patches.map { patch in
            let colour = patch.colour.map { String(format: "%02X", $0) }.joined()
            return "drawbox=x=\(patch.x - 40):y=0:w=80:h=180:color=0x\(colour):t=fill"
        }.joined(separator: ",")
        // The transfer function of television is treated like that of BT.709; for high dynamic range, white is at 203
        // cd/m².
        let curve = isTelevision ? "tin=iec61966-2-1:t=iec61966-2-1" : "tin=iec61966-2-1:t=\(transfer)"
        let convert =
            "format=gbrp,zscale=pin=bt709:min=gbr:rin=full:\(curve):p=\(primaries):m=\(matrix):r=tv:npl=203,"
            + "format=yuv444p10le"
        try runArguments(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=white:size=320x180:duration=0.2:rate=10"]
                + ["-vf", "format=rgb24,\(boxes),\(convert)", "-c:v", "libx264", "-qp", "4"]
                + ["-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix, path])
        let pixels = try Pixels(jpeg: #require(try inspectFile(path).thumbnail))
        for patch in Self.patches {
            let found = try pixels.at(patch.x, 90)
            #expect(
                zip(found, patch.colour).allSatisfy { abs($0 - $1) <= 6 }, "\(patch.colour) became \(found)")
        }
    }

    @Test("a phone's wide gamut is not washed out")
    func wideGamut() throws {
        let thumbnail = try #require(try inspectFile("\(TestSeeds.folder)/p3.mp4").thumbnail)
        let found = try Pixels(jpeg: thumbnail).at(440, 180)
        #expect(zip(found, [40, 180, 60]).allSatisfy { abs($0 - $1) <= 4 }, "\(found)")
    }
}

/// The pixels of a JPEG, as the ffmpeg command decodes it.
private struct Pixels {
    private let size: ImageHeader
    private let bytes: [UInt8]

    init(jpeg: [UInt8]) throws {
        size = try #require(ImageHeader(jpeg, container: .jpeg))
        let folder = try TemporaryFolder()
        let file = folder.file("t.jpg")
        try Data(jpeg).write(to: URL(fileURLWithPath: file))
        bytes = [UInt8](
            try runArguments(["ffmpeg", "-v", "error", "-i", file, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]).output)
    }

    func at(_ x: Int, _ y: Int) throws -> [Int] {
        let offset = 3 * (y * size.width + x)
        try #require(bytes.count == 3 * size.width * size.height && offset + 3 <= bytes.count)
        return bytes[offset..<offset + 3].map(Int.init)
    }
}

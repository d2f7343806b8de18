import Bytes
import FFmpeg
import Foundation
import MediaModel
import Testing

@testable import MediaWorker

/// A JPEG assembled from segments: structure without a picture.
private enum Parts {
    static let start: [UInt8] = [0xFF, 0xD8]
    static let end: [UInt8] = [0xFF, 0xD9]

    static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
    }

    static let jfif = segment(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])
    static let jfifWithPreview = segment(
        0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 2, 1] + [1, 2, 3, 4, 5, 6])
    static let profile = segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + [UInt8](repeating: 7, count: 600))
    static let adobe = segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1])
    static let xmp = segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>".utf8))
    static let others = [
        xmp, segment(0xE0, Array("JFXX\0".utf8) + [0x10, 1, 2, 3]), segment(0xE2, Array("MPF\0".utf8) + [9, 9]),
        segment(0xED, Array("Photoshop 3.0\0".utf8) + [1]), segment(0xEB, [1, 2, 3]),
    ].flatMap(\.self)
    static let comment = segment(0xFE, Array("at home".utf8))
    static let exif = segment(0xE1, Array("Exif\0\0".utf8) + ExifParts.whole)
    static let upright = segment(0xE1, Array("Exif\0\0".utf8) + ExifBlock(.right).bytes)
    /// Two scans with a table between them, stuffed bytes, restarts, and fill bytes before a marker inside.
    static let picture = joined([
        segment(0xDB, [UInt8](repeating: 1, count: 65)), segment(0xC2, [8, 0, 16, 0, 16, 1, 1, 0x11, 0]),
        segment(0xC4, [0, 1, 2]), segment(0xDA, [1, 1, 0, 0, 63, 0]),
        [1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xFF, 0xD1, 0xFF, 0, 0xFF, 0xD7],
        segment(0xC4, [3, 4]), segment(0xDA, [1, 1, 0, 0, 63, 0]), [5, 6, 7, 0xFF, 0, 0xFF, 0],
    ])
    static let following = Array("....ftypmp42 a short film with its place".utf8) + [0xFF, 0xD8, 0xFF, 0xD9]
}

/// An Exif block of the camera's model, the orientation 6, and a GPS directory whose latitude is stored at an offset.
private enum ExifParts {
    static func entry(_ tag: [UInt8], type: UInt8, count: UInt8, _ value: [UInt8]) -> [UInt8] {
        tag + [0, type, 0, 0, 0, count] + value
    }
    static let model = entry([0x01, 0x10], type: 2, count: 4, Array("Cam\0".utf8))
    static let orientation = entry([0x01, 0x12], type: 3, count: 1, [0, 6, 0, 0])
    static let pointer = entry([0x88, 0x25], type: 4, count: 1, [0, 0, 0, 50])
    static let latitude = entry([0, 2], type: 5, count: 3, [0, 0, 0, 80])
    static let numbers = (1...24).map { UInt8($0) }
    static let hemisphere = entry([0, 1], type: 2, count: 2, Array("N\0\0\0".utf8))
    static let whole = joined([
        Array("MM\0*".utf8), [0, 0, 0, 8, 0, 3], model, orientation, pointer, [0, 0, 0, 0],
        [0, 2], hemisphere, latitude, [0, 0, 0, 0], numbers,
    ])
    static let withoutLocation = joined([
        Array("MM\0*".utf8), [0, 0, 0, 8, 0, 2], model, orientation, [UInt8](repeating: 0, count: 16 + 30 + 24),
    ])
}

@Suite("JPEG metadata")
struct JPEGMetadataFilterTests {
    static func filtered(_ bytes: [UInt8], _ removal: MetadataRemoval, chunk: Int = .max) -> [UInt8] {
        var filter = JPEGMetadataFilter(removal)
        return stride(from: 0, to: bytes.count, by: min(chunk, max(bytes.count, 1))).flatMap { start in
            filter.receive(ByteChunk(bytes[start..<min(start + min(chunk, bytes.count), bytes.count)]))
                .flatMap { [UInt8]($0) }
        }
    }

    private let original = joined([
        Parts.start, Parts.jfifWithPreview, Parts.exif, Parts.others, Parts.profile, Parts.comment, Parts.adobe,
        Parts.picture, Parts.end, Parts.following,
    ])

    @Test(
        "only the picture, its colours and its orientation stay, however the bytes arrive",
        arguments: [1, 2, 3, 7, 64, 100_000])
    func all(chunk: Int) {
        let expected = joined([
            Parts.start, Parts.jfif, Parts.upright, Parts.profile, Parts.adobe, Parts.picture, Parts.end,
        ])
        #expect(Self.filtered(original, .all, chunk: chunk) == expected)
    }

    @Test("where only the place is to go, the camera and the comment stay", arguments: [1, 5, 100_000])
    func location(chunk: Int) {
        let exif = Parts.segment(0xE1, Array("Exif\0\0".utf8) + ExifParts.withoutLocation)
        let expected = joined([
            Parts.start, Parts.jfifWithPreview, exif, Parts.profile, Parts.comment, Parts.adobe, Parts.picture,
            Parts.end,
        ])
        #expect(ExifParts.withoutLocation.count == ExifParts.whole.count)
        #expect(Self.filtered(original, .location, chunk: chunk) == expected)
    }

    @Test("turned off, it changes nothing")
    func off() { #expect(Self.filtered(original, .off, chunk: 10) == original) }

    @Test("what comes out stays as it is when it passes again", arguments: [MetadataRemoval.all, .location])
    func again(removal: MetadataRemoval) {
        let once = Self.filtered(original, removal)
        #expect(Self.filtered(once, removal) == once)
    }

    @Test("an Exif block that cannot be followed goes whole, but for the orientation")
    func damaged() {
        // The GPS directory is beyond the end.
        var bytes = ExifParts.whole
        bytes[45] = 200
        let exif = Parts.segment(0xE1, Array("Exif\0\0".utf8) + bytes)
        let kept = Self.filtered(Parts.start + exif + Parts.picture + Parts.end, .location)
        #expect(kept == Parts.start + Parts.upright + Parts.picture + Parts.end)
    }

    @Test("a file cut at any place, or with any byte changed, is filtered without harm")
    func hostile() {
        for removal in [MetadataRemoval.location, .all] {
            for index in original.indices {
                _ = Self.filtered(Array(original.prefix(index)), removal, chunk: 50)
                for value in [0, 0xFF, original[index] ^ 0x80] {
                    var bytes = original
                    bytes[index] = value
                    #expect(Self.filtered(bytes, removal).count <= bytes.count)
                }
            }
        }
    }

    static let pictures: [String] = {
        let own = (1...8).map { "\(samples)/image/orientation-\($0).jpg" }
        return own + ForeignMedia.comparable.filter { $0.hasSuffix(".jpg") }
    }()

    @Test(
        "a picture decodes to the same pixels, turned the same way", arguments: pictures,
        [MetadataRemoval.all, .location])
    func pixels(path: String, removal: MetadataRemoval) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let kept = Self.filtered(bytes, removal, chunk: 4096)
        let folder = try TemporaryFolder()
        try Data(kept).write(to: URL(fileURLWithPath: folder.file("kept.jpg")))
        let (before, after) = (try Self.digest(path), try Self.digest(folder.file("kept.jpg")))
        #expect(before == after)
        #expect(ImageHeader(kept, container: .jpeg) == ImageHeader(bytes, container: .jpeg))
        let text = String(decoding: kept, as: Unicode.ASCII.self)
        #expect(!text.contains("ns.adobe.com") && !text.contains("ftypmp42"))
        if removal == .all { #expect(!text.contains("Google")) }
    }

    private static func digest(_ path: String) throws -> String {
        let output = try run(
            "ffmpeg", "-v", "error", "-noautorotate", "-i", path, "-frames:v", "1", "-f", "framemd5", "-"
        ).output
        return String(decoding: output, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
    }
}

extension JPEGMetadataFilterTests {
    @Test(
        "bytes between segments, segments behind a scan and a missing end hide no metadata, and cost no pixel",
        arguments: [MetadataRemoval.all, .location], [1, 7, 100_000])
    func lenient(removal: MetadataRemoval, chunk: Int) throws {
        let jpeg = try TestSeeds.bytes("progressive.jpg")
        let place = Array("51.5N 0.1W".utf8)
        func segment(_ content: [UInt8]) -> [UInt8] {
            [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
        }
        let tables = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDB })
        let scans = jpeg.indices.dropLast().filter { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA }
        let second = try #require(scans.dropFirst().first)
        // The tables of the second scan precede it: segments inserted there follow coded samples.
        let odd = joined([
            Array(jpeg[..<tables]), place, segment(place), [0xFF, 0xFF],
            Array(jpeg[tables..<second]), place, segment(place), Array(jpeg[second...].dropLast(2)),
        ])
        let kept = Self.filtered(odd, removal, chunk: chunk)
        #expect(!String(decoding: kept, as: Unicode.ASCII.self).contains("51.5N"))
        #expect(try inspectBytes(kept).thumbnail == inspectBytes(jpeg).thumbnail)
    }
}

import Foundation
import HostileMedia
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Pictures as decoders take them")
struct LenientPicturesTests {
    @Test(
        "what browsers show is taken, with the thumbnail that it should have",
        arguments: [
            "plain.jpg", "progressive.jpg", "garbage.jpg", "fill.jpg", "no-end.jpg", "half-end.jpg",
            "no-end-progressive.jpg", "no-end.png", "no-sum.png", "half-end.png", "interlaced.png",
            "interlaced-no-end.png", "no-end.gif", "short-riff.webp", "long-riff.webp", "no-padding.webp",
            "adobe-inks.jpg", "plain-inks.jpg", "progressive-inks.jpg", "444.jpg",
            "422.jpg", "420.jpg", "odd-sides.jpg", "odd-sides-progressive.jpg",
        ])
    func shown(name: String) throws {
        let path = try ReferencePictures.made.get().path(name)
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        #expect(try ReferencePictures.difference(thumbnail, from: path).plain < 4)
    }

    @Test("arithmetic coding gives the picture that Huffman's gives", arguments: ["", "-progressive"])
    func arithmetic(kind: String) throws {
        let seeds = TestSeeds.folder
        let thumbnail = try #require(try inspectFile("\(seeds)/arithmetic\(kind).jpg").thumbnail)
        #expect(try thumbnail == inspectFile("\(seeds)/baseline.jpg").thumbnail)
    }

    @Test(
        "a picture whose pixels are missing at the end is truncated, wherever it ends",
        arguments: ["plain.jpg", "progressive.jpg", "adobe-inks.jpg", "plain.png", "interlaced.png", "plain.webp"])
    func cut(name: String) throws {
        let bytes = try ReferencePictures.made.get().bytes(name)
        for part in 4...19 {
            let cut = Array(bytes.prefix(bytes.count * part / 20))
            #expect(rejection { () throws(MediaError) in try inspectBytes(cut) } == .truncated, "\(part)/20")
        }
        let end = name.hasSuffix("png") ? 40 : 30
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes.dropLast(end)) } == .truncated)
    }

    @Test("arithmetic coding that breaks off is truncated")
    func cutArithmetic() throws {
        let bytes = try TestSeeds.bytes("arithmetic.jpg")
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes.dropLast(120)) } == .truncated)
    }

    @Test("an end inside a preview is no end of the picture")
    func endOfPreview() throws {
        let jpeg = try TestSeeds.bytes("baseline.jpg")
        let preview = Array("....".utf8) + jpeg
        let size = preview.count + 2
        let segment: [UInt8] = [0xFF, 0xE4, UInt8(size >> 8), UInt8(size & 255)] + preview
        let both = joined([Array(jpeg[..<2]), segment, Array(jpeg[2...])])
        #expect(try inspectBytes(both).thumbnail != nil)
        #expect(rejection { () throws(MediaError) in try inspectBytes(both.dropLast(200)) } == .truncated)
    }

    @Test(
        "a valid kind that this build cannot decode is taken with its size, and says why it has no preview",
        arguments: [
            // Hierarchical, and JPEG-LS.
            (marker: 0xC5, precision: 8), (marker: 0xF7, precision: 8), (marker: 0xC1, precision: 12),
        ] as [(marker: UInt8, precision: UInt8)])
    func undecodable(marker: UInt8, precision: UInt8) throws {
        var jpeg = try TestSeeds.bytes("baseline.jpg")
        let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg[frame + 1] = marker
        jpeg[frame + 4] = precision
        let found = try inspectBytes(jpeg)
        #expect(found.dimensions == Dimensions(width: 96, height: 64) && found.thumbnail == nil)
        #expect(found.thumbnailFailure == "this build cannot decode this kind of JPEG")
    }
}

/// Small files that other programs made.
enum TestSeeds {
    static let folder = samples + "/../Tests/HostileMedia/Seeds"

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }
}

extension [UInt8] {
    fileprivate func dropLast(_ count: Int) -> [UInt8] { Array(prefix(Swift.max(self.count - count, 0))) }
}

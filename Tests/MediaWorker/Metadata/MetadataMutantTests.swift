import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Damaged files pass the filters of metadata")
struct MetadataMutantTests {
    static let files: [String: MediaFormat] = [
        "video/short.mp4": .mp4, "video/fragmented.mp4": .mp4, "image/picture.heic": .heic, "image/tiles.avif": .avif,
        "image/transparent.png": .png, "image/picture.webp": .webp, "image/animated.gif": .gif, "voice/voice.mp3": .mp3,
        "voice/voice.ogg": .ogg, "voice/voice.m4a": .m4a, "video/clip.webm": .webm, "video/recorder.webm": .webm,
    ]
    static let names = files.keys.sorted()

    @Test("a mutant leaves the filter as it does in other chunks, and never longer than it came", arguments: names)
    func mutants(name: String) throws {
        let format = try #require(Self.files[name])
        let original = Array(try sample(name).prefix(40_000))
        var seed: UInt64 = 1
        func random(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(max(limit, 1)))
        }
        for _ in 0..<60 {
            var mutant = original
            for _ in 0...random(8) {
                let place = random(3) == 0 ? random(mutant.count) : random(min(mutant.count, 2048))
                mutant[place] = [0, 1, 255, 127, 128, UInt8(random(256))][random(6)]
            }
            if random(3) == 0 { mutant = Array(mutant.prefix(random(mutant.count) + 1)) }
            for removal in [MetadataRemoval.all, .location] {
                let whole = try FilteredFile(mutant, format, removal)
                // Comments become an empty list, and a header that is cut short stays.
                #expect(whole.bytes.count <= mutant.count + 64)
                #expect(try FilteredFile(mutant, format, removal, chunk: 1 + random(4000)) == whole)
            }
        }
    }

    @Test("a file without metadata keeps every byte that is decoded", arguments: names)
    func plain(name: String) throws {
        let format = try #require(Self.files[name])
        let bytes = try sample(name)
        let before = try inspectBytes(bytes)
        for removal in [MetadataRemoval.all, .location] {
            let filtered = try FilteredFile(bytes, format, removal)
            let after = try inspectBytes(filtered.bytes)
            #expect(filtered.isClean && after.dimensions == before.dimensions && after.thumbnail == before.thumbnail)
            #expect(after.duration == before.duration && after.waveform == before.waveform)
        }
    }
}

import MediaModel
import Testing

@testable import MediaWorker

/// A film with the place, the device, the author and the time wherever phones write them, and a track of timed metadata.
private enum Film {
    static let place = Array("+51.5000-000.1000/".utf8)
    static let samples = Array("the pictures of the film".utf8)
    static let positions = Array("a position a second".utf8)

    static let type = TestBox.box("ftyp", [Array("mp42".utf8), TestBox.number(0), Array("isom".utf8)])
    static let userData = TestBox.box(
        "udta",
        [
            TestBox.box("\u{A9}xyz", [[0, 18, 0x15, 0xC7], place]),
            TestBox.box("auth", [[0, 0, 0, 0], Array("Joe".utf8)]),
        ])
    static let keys = ["com.apple.quicktime.location.ISO6709", "com.apple.quicktime.model"]
    static let metadata = TestBox.box(
        "meta",
        [
            TestBox.handler("mdta", ""),
            TestBox.full("keys", [TestBox.number(2)] + keys.map { TestBox.box("mdta", [Array($0.utf8)]) }),
            TestBox.box(
                "ilst",
                [
                    TestBox.box("\0\0\0\u{1}", [TestBox.box("data", [TestBox.number(1), TestBox.number(0), place])]),
                    TestBox.box(
                        "\0\0\0\u{2}",
                        [TestBox.box("data", [TestBox.number(1), TestBox.number(0), Array("iPhone".utf8)])]),
                ]),
        ])

    static func track(_ number: Int, _ handler: String, at offset: Int, _ length: Int) -> [UInt8] {
        let times = [TestBox.number(0xE0E0_E0E0), TestBox.number(0xE0E0_E0E1)]
        let table = TestBox.box(
            "stbl",
            [
                TestBox.full("stsd", [TestBox.number(0)]),
                TestBox.full("stsc", [TestBox.numbers([1, 1, 1, 1])]),
                TestBox.full("stsz", [TestBox.numbers([length, 1])]),
                TestBox.full("stco", [TestBox.numbers([1, offset])]),
            ])
        let media = TestBox.box(
            "mdia",
            [
                TestBox.full("mdhd", times + [TestBox.number(1000)]), TestBox.handler(handler, "Core Media"),
                TestBox.box("minf", [table]),
            ])
        return TestBox.box("trak", [TestBox.full("tkhd", times + [TestBox.number(number)]), media])
    }

    static func index(at offset: Int) -> [UInt8] {
        let header = TestBox.full(
            "mvhd", [TestBox.number(0xE0E0_E0E0), TestBox.number(0xE0E0_E0E1), TestBox.number(1000)])
        return TestBox.box(
            "moov",
            [
                header, track(1, "vide", at: offset, samples.count),
                track(2, "meta", at: offset + samples.count, positions.count), userData, metadata,
            ])
    }

    static let data = TestBox.box("mdat", [samples, positions])
    static let indexFirst = type + index(at: type.count + index(at: 0).count + 8) + data
    static let indexLast = type + data + index(at: type.count + 8)
}

@Suite("Metadata of ISO base media files")
struct BaseMediaMetadataTests {
    private static func has(_ bytes: [UInt8], _ text: String) -> Bool { has(bytes, Array(text.utf8)) }
    private static func has(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    @Test("place, device, author and time are overwritten, and no byte moves", arguments: [1, 3, 7, 64, 100_000])
    func all(chunk: Int) throws {
        for film in [Film.indexFirst, Film.indexLast] {
            let filtered = try FilteredFile(film, .mp4, .all, chunk: chunk)
            #expect(filtered.bytes.count == film.count)
            for text in ["+51.5", "iPhone", "Joe", "Core Media", "com.apple"] {
                #expect(!Self.has(filtered.bytes, text))
            }
            #expect(!Self.has(filtered.bytes, [0xE0, 0xE0, 0xE0]))
            #expect(Self.has(filtered.bytes, Film.samples))
            #expect(filtered == (try FilteredFile(film, .mp4, .all)))
        }
    }

    @Test("where only the place is to go, the device, the author and the time stay", arguments: [1, 5, 100_000])
    func location(chunk: Int) throws {
        let filtered = try FilteredFile(Film.indexFirst, .mp4, .location, chunk: chunk)
        #expect(filtered.bytes.count == Film.indexFirst.count && filtered.isClean)
        #expect(!Self.has(filtered.bytes, "+51.5") && !Self.has(filtered.bytes, Film.positions))
        for text in ["iPhone", "Joe", "Core Media"] { #expect(Self.has(filtered.bytes, text)) }
        #expect(Self.has(filtered.bytes, [0xE0, 0xE0, 0xE0]) && Self.has(filtered.bytes, Film.samples))
    }

    @Test(
        "the samples of timed metadata are overwritten behind the index; in front of it, it is said that they are left")
    func timedMetadata() throws {
        let first = try FilteredFile(Film.indexFirst, .mp4, .all)
        #expect(first.isClean && !Self.has(first.bytes, Film.positions))
        let last = try FilteredFile(Film.indexLast, .mp4, .all)
        #expect(!last.isClean && Self.has(last.bytes, Film.positions))
        // The track is no track in either.
        #expect(first.bytes.count { $0 == UInt8(ascii: "k") } < Film.indexFirst.count { $0 == UInt8(ascii: "k") })
    }

    @Test("what comes out stays as it is when it passes again", arguments: [MetadataRemoval.all, .location])
    func again(removal: MetadataRemoval) throws {
        let once = try FilteredFile(Film.indexFirst, .mp4, removal)
        #expect(try FilteredFile(once.bytes, .mp4, removal).bytes == once.bytes)
    }

    @Test("data behind the last box pass unchanged, and are said not to be understood")
    func trailing() throws {
        let film = Film.indexFirst + [0, 0, 0, 3, 1, 2, 3, 4, 5, 6]
        let filtered = try FilteredFile(film, .mp4, .all)
        #expect(!filtered.isClean && filtered.bytes.suffix(10) == film.suffix(10))
    }

    @Test("a film cut at any place, or with any byte changed, keeps its length, in chunks of any size")
    func hostile() throws {
        for film in [Film.indexFirst, Film.indexLast] {
            for index in film.indices {
                let cut = Array(film.prefix(index))
                #expect(try FilteredFile(cut, .mp4, .all, chunk: 50).bytes.count == cut.count)
                var changed = film
                for value in [UInt8(0), 1, 255] {
                    changed[index] = value
                    let filtered = try FilteredFile(changed, .mp4, .location, chunk: 61)
                    #expect(filtered.bytes.count == film.count)
                    #expect(filtered == (try FilteredFile(changed, .mp4, .location)))
                }
            }
        }
    }
}

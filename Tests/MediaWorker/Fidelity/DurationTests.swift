import Bytes
import FFmpeg
import Foundation
import MediaModel
import TestPrograms
import Testing

@testable import MediaWorker

/// Durations of files, compared with ffprobe.
@Suite("Durations")
struct DurationTests {
    /// ffprobe rounds to the container's unit, and counts a last packet or a codec's delay otherwise than a player.
    private static let tolerance = 0.06

    /// Files for which ffprobe reports another duration, and why.
    private static let exceptions = [
        "voice-no-header.mp3": "it guesses from the bit rate", "voice.mp3": "it counts the encoder's silence",
        "bear-vbr-no-seek-table.mp3": "it guesses from the bit rate", "bear.mp3": "it counts the encoder's silence",
        "viper.mp3": "it counts the encoder's silence", "sample_wb.amr": "it guesses from the bit rate",
        "id3big_aac.aac": "it guesses from the bit rate",
        "vvc_400kbps_2s.mp4": "it leaves out the empty edit in front of fragments",
        "fragmented-no-duration.mp4": "it believes a head that says 40 hours",
        "fragmented.mp4": "it adds the length that the head states to what the fragments have",
    ]

    private static let timeless: Set = [
        "jpg", "png", "webp", "gif", "heic", "avif", "md", "tsv", "txt", "sh", "py", "pptx", "zip",
    ]

    private static let files: [String] = {
        ForeignMedia.folders.flatMap { folder in
            (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
                .map { "\(folder)/\($0)" }
        }.filter { path in
            let fileExtension = path.split(separator: ".").last.map(String.init) ?? ""
            return !timeless.contains(fileExtension)
                && (try? FileManager.default.attributesOfItem(atPath: path)[.type]) as? FileAttributeType
                    == .typeRegular
        }
    }()

    private static func probed(_ path: String) throws -> Double? {
        let output = try run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path)
            .output
        return Double(String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static let anything: MediaPolicy = {
        var policy = everything
        policy.audioContainers = Set(MediaFormat.allCases)
        return policy
    }()

    @Test("every file at hand has the duration that ffprobe reports", arguments: files)
    func ffprobe(path: String) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard Self.exceptions[name] == nil, let found = try? inspectFile(path, Self.anything), found.kind != .image
        else { return }
        // Without the command, or where it cannot read a file that is accepted, the comparison fails.
        guard let probed = try Self.probed(path) else { return }
        #expect(abs(try #require(found.duration) - probed) <= Self.tolerance)
    }

    @Test(
        "delayed, cut and moved tracks count as they are presented",
        arguments: [
            ("mp4", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("mov", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("3gp", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("mkv", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("ts", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("avi", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND"], 9.7),
            ("avi", ["-i", "VIDEO", "-itsoffset", "900", "-i", "SOUND"], 907.2),
            ("avi", ["-itsoffset", "8", "-i", "VIDEO", "-i", "SOUND"], 12),
            ("avi", ["-itsoffset", "2.5", "-i", "SOUND"], 9.7),
            ("avi", ["-itsoffset", "2.5", "-i", "VIDEO"], 6.5),
            ("3g2", ["-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy"], 9.7),
            ("mpg", ["-i", "VIDEO", "-itsoffset", "900", "-i", "SOUND"], 907.2),
            ("mp4", ["-i", "VIDEO", "-itsoffset", "900", "-i", "SOUND", "-c", "copy"], 907.2),
            ("mp4", ["-itsoffset", "3", "-i", "VIDEO", "-i", "SOUND", "-c", "copy"], 7.2),
            ("m4a", ["-itsoffset", "2", "-i", "SOUND", "-c", "copy"], 9.2),
            ("mka", ["-itsoffset", "3", "-i", "SOUND", "-c", "copy"], 10.2),
            ("webm", ["-itsoffset", "3", "-i", "SOUND", "-c:a", "libopus"], 10.2),
            ("mkv", ["-itsoffset", "3", "-i", "VIDEO", "-c", "copy"], 7),
            ("mp4", ["-i", "VIDEO", "-t", "1.3", "-c", "copy"], 1.3), ("ts", ["-i", "VIDEO", "-c", "copy"], 4),
            ("ts", ["-i", "VIDEO", "-c", "copy", "-output_ts_offset", "5000"], 4),
            ("flv", ["-i", "VIDEO", "-c", "copy"], 4),
            (
                "mp4",
                [
                    "-i", "VIDEO", "-itsoffset", "2.5", "-i", "SOUND", "-c", "copy", "-movflags",
                    "frag_keyframe+empty_moov+delay_moov",
                ], 9.7
            ),
            ("mka", ["-i", "SOUND", "-c:a", "wavpack"], 7.2),
        ] as [(String, [String], Double)])
    func presentations(fileExtension: String, arguments: [String], seconds: Double) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.\(fileExtension)")
        let inputs = arguments.map {
            $0 == "VIDEO" ? "\(samples)/video/landscape.mp4" : $0 == "SOUND" ? "\(samples)/voice/voice.m4a" : $0
        }
        try runArguments(
            ["ffmpeg", "-v", "error"] + inputs + ["-map", "0"]
                + (arguments.contains("SOUND") && arguments.contains("VIDEO") ? ["-map", "1"] : []) + [path])
        let found = try #require(try inspectFile(path, Self.anything).duration)
        #expect(abs(found - seconds) <= 0.1)
        // What ffprobe makes of timestamps that begin anywhere but at zero differs between formats (FLV) and releases (M4A).
        if !["flv", "m4a"].contains(fileExtension), let probed = try Self.probed(path) {
            #expect(abs(found - probed) <= 0.1)
        }
    }

    @Test("a limit holds for what is presented, by the head, while it arrives and at the end")
    func limits() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("late.mp4")
        try run(
            "ffmpeg", "-v", "error", "-i", "\(samples)/video/landscape.mp4", "-itsoffset", "900", "-i",
            "\(samples)/voice/voice.m4a", "-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart", path)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var policy = everything
        policy.maximumDuration = 600
        for depth in [InspectionOrder.Depth.head, .arriving, .full] {
            let file = try SpoolFile.inMemory()
            try file.write(ByteChunk(bytes), at: 0)
            let order = InspectionOrder(size: bytes.count, policy: policy, depth: depth)
            let job = InspectionJob(descriptor: file.descriptor, order: order)
            #expect(rejection { () throws(MediaError) in try Inspector(job: job).inspect() } == .tooLong, "\(depth)")
        }
    }
}

@Suite("Durations of large files", .serialized)
struct LargeFileTests {
    /// A video of 700 s and more than 16 MB, mostly padding, whose header declares another duration.
    private static func file(_ fileExtension: String, declaring seconds: Double?) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.file("a.\(fileExtension)")
        let codec = fileExtension == "webm" ? ["-c:v", "libvpx", "-cpu-used", "8", "-deadline", "realtime"] : []
        let source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=1:duration=700"]
        try runArguments(["ffmpeg", "-v", "error"] + source + codec + [path])
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        if let seconds { try declare(seconds, &bytes, fileExtension) }
        let rest = (17 << 20) - bytes.count
        guard rest > 0 else { return bytes }
        let size = rest.littleEndianBytes
        switch fileExtension {
        // A void element at the end of the segment, which then has no length that is known.
        case "webm", "mkv":
            let segment = try #require(place(of: [0x18, 0x53, 0x80, 0x67], in: bytes))
            bytes.replaceSubrange(segment + 4..<segment + 12, with: [1] + [UInt8](repeating: 0xFF, count: 7))
            bytes += [0xEC, 0x10 | UInt8(rest >> 24)] + size.prefix(3).reversed()
        case "avi": bytes += Array("JUNK".utf8) + size.prefix(4)
        default: throw Unknown()
        }
        return bytes + [UInt8](repeating: 0, count: rest)
    }

    private struct Unknown: Error {}

    private static func place(of word: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: word) }
    }

    private static func declare(_ seconds: Double, _ bytes: inout [UInt8], _ fileExtension: String) throws {
        if fileExtension == "avi" {
            // The number of pictures, in the head of the file and in that of the stream.
            for (word, offset) in [("avih", 24), ("strh", 40)] {
                let head = try #require(place(of: Array(word.utf8), in: bytes))
                bytes.replaceSubrange(head + offset..<head + offset + 4, with: UInt32(seconds).littleEndianBytes)
            }
        } else {
            let word = try #require(place(of: [0x44, 0x89, 0x88], in: bytes))
            let duration = (seconds * 1000).bitPattern.littleEndianBytes.reversed()
            bytes.replaceSubrange(word + 3..<word + 11, with: duration)
        }
    }

    private static let policy: MediaPolicy = {
        var policy = everything
        policy.maximumDuration = 600
        policy.thumbnail = nil
        return policy
    }()

    @Test("a limit holds whatever the head of a large file says", arguments: ["webm", "mkv", "avi"], [5, 599, nil])
    func limits(fileExtension: String, declared: Double?) throws {
        let bytes = try Self.file(fileExtension, declaring: declared)
        #expect(bytes.count > 16 << 20)
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes, Self.policy) } == .tooLong)
        // Without a limit nothing depends on it, and the head is believed.
        var open = Self.policy
        open.maximumDuration = nil
        let found = try #require(try inspectBytes(bytes, open).duration)
        #expect(abs(found - (declared ?? 700)) < 2)
    }

    @Test("a limit holds whatever unit of time a large file states behind its samples")
    func secondUnit() throws {
        var bytes = try Self.file("webm", declaring: 599)
        // Without an index, and what leads to it: they become tags.
        for name: [UInt8] in [[0x1C, 0x53, 0xBB, 0x6B], [0x11, 0x4D, 0x9B, 0x74]] {
            let place = try #require(Self.place(of: name, in: bytes))
            bytes.replaceSubrange(place..<place + 4, with: [0x12, 0x54, 0xC3, 0x67])
        }
        bytes += [0x15, 0x49, 0xA9, 0x66, 0x88, 0x2A, 0xD7, 0xB1, 0x84]
        bytes += UInt32(1e6 * 599 / 700).littleEndianBytes.reversed()
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes, Self.policy) } == .tooLong)
    }

    @Test("a limit holds whatever size a large file states for a picture")
    func sizeOfPictures() throws {
        var bytes = try Self.file("avi", declaring: 599)
        let (head, index) = (
            try #require(Self.place(of: Array("strh".utf8), in: bytes)),
            try #require(Self.place(of: Array("idx1".utf8), in: bytes))
        )
        let samples = try #require(Self.place(of: Array("movi".utf8), in: bytes))
        // The headers of 700 samples are no part of them.
        let size = UInt32((index - samples - 4 - 700 * 8) / 599)
        bytes.replaceSubrange(head + 52..<head + 56, with: size.littleEndianBytes)
        // No index: padding.
        bytes.replaceSubrange(index..<index + 4, with: Array("JUNK".utf8))
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes, Self.policy) } == .tooLong)
    }

    @Test("a large file whose samples end where its head says plays for that long", arguments: ["webm", "mkv", "avi"])
    func trustedDuration(fileExtension: String) throws {
        var policy = Self.policy
        policy.maximumDuration = 800
        let found = try #require(try inspectBytes(try Self.file(fileExtension, declaring: nil), policy).duration)
        #expect(abs(found - 700) < 2)
    }

    @Test("what the last samples say is found from header to header, or not at all")
    func lastTimestamps() throws {
        let bytes = try Self.file("mkv", declaring: nil)
        func last(_ bytes: [UInt8], _ container: MediaFormat = .matroska) throws -> Double? {
            let file = try SpoolFile.inMemory()
            try file.write(ByteChunk(bytes), at: 0)
            return try LastTimestamp.seconds(
                ByteSource(descriptor: file.descriptor, size: bytes.count), container: container,
                deadline: Deadline(seconds: 30))
        }
        #expect(abs(try #require(try last(bytes)) - 699) < 1.1)
        // Behind what is no element, or one that is longer than the file, a demuxer may find more.
        #expect(try last(bytes + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(try last(Array(bytes.dropLast(1000))) == nil)
        let flash = Array("FLV".utf8) + [1, 1, 0, 0, 0, 9, 0, 0, 0, 0]
        let tag: [UInt8] = [9, 0, 0, 2, 0x0A, 0xAE, 0x60, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 13]
        #expect(try last(flash + tag, .flv) == 700)
        #expect(try last(flash + tag + [77] + tag, .flv) == nil)
        // An H.264 picture is shown later than its tag's timestamp; where the size is not repeated, another tag may
        // follow inside.
        let late: [UInt8] = [9, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0x17, 1, 0x0A, 0xAE, 0x60, 0, 0, 0, 16]
        #expect(try last(flash + late, .flv) == 700)
        #expect(try last(flash + Array(tag.dropLast()) + [12], .flv) == nil)
        #expect(try last(flash + tag.dropLast(5), .flv) == nil)
        #expect(try last(bytes, .ogg) == nil)
    }
}

@Suite("Edit lists")
struct TrackTimesTests {
    private static func big(_ value: some FixedWidthInteger) -> [UInt8] { value.littleEndianBytes.reversed() }

    private static func box(_ type: String, _ content: [UInt8]...) -> [UInt8] {
        let bytes = content.flatMap { $0 }
        return big(UInt32(bytes.count + 8)) + Array(type.utf8) + bytes
    }

    /// An edit: its length in thousandths of a second, where it begins in the media in the same, and its speed.
    struct Edit {
        let length: UInt64
        let start: Int64
        let rate: Double

        init(_ length: UInt64, _ start: Int64, _ rate: Double) {
            (self.length, self.start, self.rate) = (length, start, rate)
        }
    }

    /// The index of one track of ten seconds.
    private static func index(_ edits: [Edit], isLong: Bool = false, count: UInt32? = nil) -> [UInt8] {
        let entries = edits.flatMap { edit in
            (isLong ? big(edit.length) + big(edit.start) : big(UInt32(edit.length)) + big(Int32(edit.start)))
                + big(Int32(edit.rate * 65_536))
        }
        let list = box("elst", [isLong ? 1 : 0, 0, 0, 0], big(count ?? UInt32(edits.count)), entries)
        let table = box("stts", [0, 0, 0, 0], big(UInt32(1)), big(UInt32(100)), big(UInt32(100)))
        let media = box(
            "mdia", box("mdhd", [0, 0, 0, 0], [UInt8](repeating: 0, count: 8), big(UInt32(1000)), big(UInt32(10_000))),
            box("minf", box("stbl", table)))
        let head = box(
            "tkhd", [0, 0, 0, 1], [UInt8](repeating: 0, count: 8), big(UInt32(7)), [UInt8](repeating: 0, count: 68))
        let movie = box("mvhd", [0, 0, 0, 0], [UInt8](repeating: 0, count: 8), big(UInt32(1000)), big(UInt32(1)))
        return box("moov", movie, box("trak", head, edits.isEmpty ? [] : box("edts", list), media))
    }

    private static func end(_ index: [UInt8]) -> Double? { TrackTimes(index: index, headerLength: 8).tracks[7]?.end }

    static let lists: [([Edit], Double)] = [
        ([], 10), ([Edit(10_000, 0, 1)], 10), ([Edit(4000, 2000, 1)], 4),
        ([Edit(2000, -1, 1), Edit(10_000, 0, 1)], 12),
        // Longer than the samples; twice the same; a pause between; one at the end.
        ([Edit(12_000, 0, 1)], 12), ([Edit(10_000, 0, 1), Edit(10_000, 0, 1)], 20),
        ([Edit(3000, 0, 1), Edit(5000, -1, 1), Edit(3000, 3000, 1)], 11),
        ([Edit(3000, 0, 1), Edit(900_000, -1, 1)], 903),
        // Half speed, and one picture that is held.
        ([Edit(20_000, 0, 0.5)], 20), ([Edit(5000, 0, 0)], 5),
        // As long as there is, from two seconds on, and at twice the speed.
        ([Edit(0, 2000, 1)], 8), ([Edit(0, 2000, 2)], 4), ([Edit(0xFFFF_FFFF, 2000, 1)], 8), ([Edit(0, 20_000, 1)], 0),
    ]

    @Test("a track plays for as long as its edits say", arguments: lists)
    func edits(edits: [Edit], seconds: Double) {
        #expect(Self.end(Self.index(edits)) == seconds)
        if !edits.contains(where: { $0.length == 0xFFFF_FFFF }) {
            #expect(Self.end(Self.index(edits, isLong: true)) == seconds)
        }
    }

    @Test("edits that are too many, beyond all numbers or cut short are taken as far as they go")
    func hostile() throws {
        #expect(Self.end(Self.index([Edit(4000, 0, 1)], count: .max)) == 4)
        let endless = try #require(Self.end(Self.index([Edit(.max - 1, 0, 1), Edit(.max - 1, -1, 1)], isLong: true)))
        #expect(endless.isFinite)
        #expect(Self.end(Self.index([Edit(1000, .min, 1), Edit(1000, .max, 1)], isLong: true)) == 2)
        let whole = Self.index([Edit(2000, -1, 1), Edit(10_000, 0, 1)], isLong: true)
        for length in 0..<whole.count {
            let times = TrackTimes(index: Array(whole.prefix(length)), headerLength: 8).tracks
            #expect(times.values.allSatisfy { $0.end.isFinite && $0.end >= 0 })
        }
    }
}

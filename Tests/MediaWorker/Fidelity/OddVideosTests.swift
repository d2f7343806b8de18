import Foundation
import MediaModel
import Testing

@testable import MediaWorker

/// A video whose frames are numbered, made by the ffmpeg command; it lasts 3 s by default.
struct MadeVideo: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let fileExtension: String
    var size = "320x240"
    var seconds = 3.0
    var filter = "null"
    let options: [String]

    init(
        _ name: String, in fileExtension: String = "mp4", size: String = "320x240", seconds: Double = 3,
        filter: String = "null", _ options: String...
    ) {
        testDescription = name
        self.fileExtension = fileExtension
        self.size = size
        self.seconds = seconds
        self.filter = filter
        self.options = options
    }

    /// Makes it in `folder`.
    func file(in folder: TemporaryFolder) throws -> String {
        let path = folder.file("made.\(fileExtension)")
        let source = "testsrc2=size=\(size):rate=25:duration=\(seconds),format=yuv420p"
        try runArguments(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-vf", filter] + options + [path])
        return path
    }
}

@Suite("Odd videos")
struct OddVideosTests {
    static let videos = [
        MadeVideo("10 bits a sample", filter: "format=yuv420p10le", "-c:v", "libx264"),
        MadeVideo("10 bits, HEVC", filter: "format=yuv420p10le", "-c:v", "libx265", "-x265-params", "log-level=error"),
        MadeVideo("4:2:2", filter: "format=yuv422p", "-c:v", "libx264"),
        MadeVideo("4:4:4", filter: "format=yuv444p", "-c:v", "libx264"),
        MadeVideo("full range", filter: "scale=out_range=pc,format=yuvj420p", "-c:v", "libx264"),
        MadeVideo(
            "BT.709", size: "854x480", filter: "scale=out_color_matrix=bt709", "-c:v", "libx264", "-colorspace", "bt709"
        ),
        MadeVideo(
            "odd sides", in: "webm", size: "321x181", "-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"),
        MadeVideo(
            "odd sides, larger", in: "webm", size: "1281x723", "-c:v", "libvpx", "-cpu-used", "8", "-deadline",
            "realtime"),
        MadeVideo("a strip", in: "webm", size: "640x16", "-c:v", "libvpx"),
        MadeVideo("narrow pixels", filter: "setsar=1/2", "-c:v", "libx264"),
        MadeVideo("wide pixels, portrait", size: "240x320", filter: "setsar=16/11", "-c:v", "libx264"),
        MadeVideo(
            "interlaced", size: "720x576", filter: "tinterlace=interleave_top,setfield=tff", "-c:v", "libx264",
            "-flags", "+ildct+ilme"),
        MadeVideo(
            "interlaced MPEG-2", in: "ts", size: "720x576", filter: "tinterlace=interleave_top", "-c:v", "mpeg2video",
            "-b:v", "4M", "-flags", "+ildct+ilme"),
        MadeVideo(
            "a variable frame rate", filter: "select=not(mod(n\\,7))+lt(n\\,10)", "-c:v", "libx264", "-vsync", "vfr"),
        MadeVideo(
            "a frame every two seconds", seconds: 9, filter: "select=not(mod(n\\,50))", "-c:v", "libx264", "-vsync",
            "vfr"),
        MadeVideo("key frames alone", "-c:v", "libx264", "-g", "1"),
        MadeVideo("one key frame, many B-frames", "-c:v", "libx264", "-g", "999", "-bf", "8", "-b_strategy", "0"),
        MadeVideo("no index, MPEG-TS", in: "ts", "-c:v", "libx264"),
        MadeVideo("less than a second", seconds: 0.6, "-c:v", "libx264"),
        MadeVideo("a single frame", seconds: 0.04, "-c:v", "libx264"),
        MadeVideo("exactly a second", seconds: 1, "-c:v", "libx264"),
        MadeVideo("ProRes", in: "mov", "-c:v", "prores_ks", "-profile:v", "0"),
    ]

    @Test("it shows what the ffmpeg command shows at one second, or last", arguments: videos)
    func sameFrame(video: MadeVideo) throws {
        let folder = try TemporaryFolder()
        try Self.check(try video.file(in: folder))
    }

    // Rows of the matrix (a, b; c, d), as ISO/IEC 14496-12, 8.3.2 stores it.
    @Test(
        "a video is shown as its display matrix says",
        arguments: [
            (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0), (-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0),
        ] as [(Int, Int, Int, Int)])
    func matrices(a: Int, b: Int, c: Int, d: Int) throws {
        let folder = try TemporaryFolder()
        let video = MadeVideo("plain", size: "320x180", "-c:v", "libx264")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try video.file(in: folder))))
        let header = try #require(Self.offset(of: "tkhd", in: bytes))
        let matrix = [a, b, 0, c, d, 0, 0, 0].flatMap { Self.bigEndian($0 << 16) } + Self.bigEndian(1 << 30)
        bytes.replaceSubrange(header + 44..<header + 80, with: matrix)
        let path = folder.file("turned.mp4")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try Self.check(path)
        #expect(
            try inspectFile(path).dimensions
                == (a == 0 ? .init(width: 180, height: 320) : .init(width: 320, height: 180)))
    }

    @Test(
        "an edit list moves the second that is shown, as it does for the ffmpeg command",
        arguments: [
            // The picture begins half a second after the sound: an empty edit.
            ["-itsoffset", "0.52", "-i", "VIDEO", "-i", "SOUND", "-c", "copy"],
            // It begins later, and there is no other stream.
            ["-itsoffset", "0.52", "-i", "VIDEO", "-c", "copy"],
            // It is cut between key frames: the edit begins inside the media.
            ["-ss", "0.7", "-i", "VIDEO", "-c", "copy"],
            ["-ss", "0.7", "-i", "VIDEO", "-i", "SOUND", "-c", "copy"],
            // The sound begins later.
            ["-i", "VIDEO", "-itsoffset", "0.8", "-i", "SOUND", "-c", "copy"],
            // Everything begins late.
            ["-i", "VIDEO", "-c", "copy", "-output_ts_offset", "2"],
        ], ["mp4", "mkv"])
    func edits(arguments: [String], fileExtension: String) throws {
        let folder = try TemporaryFolder()
        let video = try MadeVideo("long", seconds: 4, "-c:v", "libx264", "-bf", "2", "-g", "40").file(in: folder)
        let path = folder.file("edited.\(fileExtension)")
        let inputs = arguments.map { $0 == "VIDEO" ? video : $0 == "SOUND" ? "\(samples)/voice/voice.m4a" : $0 }
        try runArguments(["ffmpeg", "-v", "error"] + inputs + [path])
        try Self.check(path)
    }

    @Test("a cover is not the video, however large it is", arguments: ["mp4", "mkv"])
    func cover(fileExtension: String) throws {
        let folder = try TemporaryFolder()
        let video = try MadeVideo("small", "-c:v", "libx264").file(in: folder)
        let (cover, path) = (folder.file("cover.png"), folder.file("covered.\(fileExtension)"))
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=1000x1000", "-frames:v", "1", cover)
        let attach =
            fileExtension == "mkv"
            ? [
                "-i", video, "-attach", cover, "-metadata:s:t", "mimetype=image/png", "-metadata:s:t",
                "filename=cover.png",
            ]
            : ["-i", cover, "-i", video, "-map", "0", "-map", "1", "-disposition:v:0", "attached_pic"]
        try runArguments(["ffmpeg", "-v", "error"] + attach + ["-c", "copy", path])
        let found = try inspectFile(path)
        #expect(found.kind == .video && found.dimensions == Dimensions(width: 320, height: 240))
        #expect(found.streams.contains { $0.type == "picture" })
        #expect(try Similarity.of(try #require(found.thumbnail), toFrameOf: video, at: 1) >= 0.98)
    }

    @Test("high dynamic range is brought down to what a screen shows", arguments: ["smpte2084", "arib-std-b67"])
    func highDynamicRange(transfer: String) throws {
        let folder = try TemporaryFolder()
        let range =
            "zscale=tin=iec61966-2-1:pin=bt709:min=gbr:rin=full:npl=203:t=\(transfer):p=2020:m=2020_ncl:r=limited"
        let path = try MadeVideo(
            "bright", size: "640x360", filter: "format=gbrp,\(range),format=yuv420p10le", "-c:v", "libx265",
            "-x265-params", "log-level=error:crf=12", "-color_trc", transfer, "-color_primaries", "bt2020",
            "-colorspace",
            "bt2020nc"
        ).file(in: folder)
        let thumbnail = try #require(try inspectFile(path).thumbnail)
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: 1, .toneMapped) >= 0.93)
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: 2, .toneMapped) < 0.93)
    }

    private static func check(_ path: String) throws {
        let thumbnail = try #require(try inspectFile(path, Self.policy).thumbnail)
        #expect(try Similarity.of(thumbnail, toFrameOf: path, at: 1) >= 0.98)
    }

    private static let policy: MediaPolicy = {
        var policy = everything
        policy.videoContainers = Set(MediaFormat.allCases)
        return policy
    }()

    private static func offset(of type: String, in bytes: [UInt8]) -> Int? {
        let type = Array(type.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: type) }
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}

import Foundation
import MediaModel
import TestPrograms
import Testing

@testable import MediaWorker

/// A sample, and its format.
struct TaggedSample: Sendable, CustomTestStringConvertible {
    let sample: String
    let format: MediaFormat
    var testDescription: String { sample }
}

/// Files with metadata that exiftool or FFmpeg has written, and what exiftool finds in them after the filter.
@Suite("Metadata that other programs write and find")
struct MetadataWitnessTests {
    private static let device = ["-Make=Acme", "-Model=iPhone", "-Software=17.1", "-Artist=Joe"]
    private static let pictureTags =
        device + [
            "-GPSLatitude=51.5", "-GPSLatitudeRef=N", "-GPSLongitude=0.1", "-GPSLongitudeRef=W",
            "-DateTimeOriginal=2024:01:02 03:04:05", "-XMP:Creator=Joe", "-XMP-exif:GPSLatitude=51.5",
        ]
    private static let filmTags = [
        "-Keys:GPSCoordinates=51.5, -0.1, 10", "-UserData:GPSCoordinates=51.5, -0.1, 10",
        "-ItemList:GPSCoordinates=51.5, -0.1, 10", "-Keys:Make=Acme", "-Keys:Model=iPhone", "-Keys:Software=17.1",
        "-Keys:CreationDate=2024:01:02 03:04:05", "-XMP:Creator=Joe", "-UserData:Author=Joe",
        "-QuickTime:CreateDate=2024:01:02 03:04:05", "-TrackCreateDate=2024:01:02 03:04:05",
        "-MediaCreateDate=2024:01:02 03:04:05", "-ItemList:Artist=Joe",
    ]
    static let pictures = [
        TaggedSample(sample: "image/picture.heic", format: .heic),
        TaggedSample(sample: "image/tiles.heic", format: .heic),
        TaggedSample(sample: "image/picture.avif", format: .avif),
        TaggedSample(sample: "image/transparent.png", format: .png),
        TaggedSample(sample: "image/picture.webp", format: .webp),
        TaggedSample(sample: "image/animated.gif", format: .gif),
    ]
    static let films = [
        TaggedSample(sample: "video/landscape.mp4", format: .mp4),
        TaggedSample(sample: "video/landscape-moov-last.mp4", format: .mp4),
        TaggedSample(sample: "video/clip.mov", format: .quickTime),
        TaggedSample(sample: "video/clip.3gp", format: .threeGP),
        TaggedSample(sample: "voice/voice.m4a", format: .m4a),
    ]
    static let sounds = ["flac", "opus", "ogg", "mp3", "wav"]

    /// What exiftool finds of what is to be removed.
    private func found(_ path: String) throws -> [String] {
        let lines = try output(try Exiftool.program().path, "-a", "-G1", "-s", path).split(separator: "\n").map(
            String.init)
        return lines.filter { line in
            // The vendor is a part of the form of iTunes' metadata, and names no device.
            !line.contains("HandlerVendorID")
                && !["[System]", "[File]", "[ExifTool]"].contains { line.hasPrefix($0) }
                && ["Acme", "iPhone", "17.1", "Joe", "2024", "51 deg", "51.5"].contains { line.contains($0) }
        }
    }

    private func place(_ lines: [String]) -> [String] { lines.filter { $0.contains("51") } }

    private func output(_ words: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Filters a sample to which exiftool has added `tags`.
    private func check(_ file: TaggedSample, with tags: [String], _ removal: MetadataRemoval) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/" + (file.sample as NSString).lastPathComponent
        try FileManager.default.copyItem(atPath: "\(samples)/\(file.sample)", toPath: path)
        try runArguments([try Exiftool.program().path, "-q", "-m", "-overwrite_original"] + tags + [path])
        try check(path, file.format, removal)
    }

    /// Filters the file at `path`, and checks what is left in it, and that it decodes to the same.
    private func check(_ path: String, _ format: MediaFormat, _ removal: MetadataRemoval) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let before = try found(path)
        #expect(!before.isEmpty)
        let filtered = try FilteredFile(bytes, format, removal)
        #expect(filtered.isClean)
        for chunk in [1, 1000] { #expect(try FilteredFile(bytes, format, removal, chunk: chunk) == filtered) }
        let url = URL(fileURLWithPath: path).deletingPathExtension()
        let stored = url.path + "-\(removal.rawValue)." + (path as NSString).pathExtension
        try Data(filtered.bytes).write(to: URL(fileURLWithPath: stored))
        let left = try found(stored)
        if removal == .all { #expect(left == []) } else { #expect(place(left) == []) }
        let hashes = try [path, stored].map { file in
            try output("ffmpeg", "-v", "quiet", "-i", file, "-map", "0:V?", "-map", "0:a?", "-f", "framemd5", "-")
        }
        #expect(hashes[0] == hashes[1])
        // The pipeline sees the same in both, but for what it says of itself.
        let inspections = try [bytes, filtered.bytes].map { try inspectBytes($0) }
        #expect(inspections[0].dimensions == inspections[1].dimensions)
        #expect(
            inspections[0].duration == inspections[1].duration && inspections[0].waveform == inspections[1].waveform)
        #expect(inspections[0].blurHash == inspections[1].blurHash)
        #expect(inspections[0].thumbnail == inspections[1].thumbnail)
    }

    @Test(
        "of pictures, exiftool finds no place, device, author or time after `all`, and no place after `location`",
        arguments: pictures, [MetadataRemoval.all, .location])
    func ofPictures(file: TaggedSample, removal: MetadataRemoval) throws {
        try check(file, with: Self.pictureTags, removal)
    }

    @Test(
        "of films, exiftool finds no place, device, author or time after `all`, and no place after `location`",
        arguments: films, [MetadataRemoval.all, .location])
    func ofFilms(file: TaggedSample, removal: MetadataRemoval) throws {
        try check(file, with: Self.filmTags, removal)
    }

    @Test(
        "of sounds, exiftool finds no place or author after `all`, and no place after `location`",
        arguments: sounds, [MetadataRemoval.all, .location])
    func ofSounds(name: String, removal: MetadataRemoval) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sound." + name
        let tags = ["-metadata", "artist=Joe", "-metadata", "title=2024", "-metadata", "LOCATION=51.5"]
        let more = name == "mp3" ? ["-write_id3v1", "1"] : []
        try runArguments(
            ["ffmpeg", "-v", "error", "-i", "\(samples)/voice/voice.wav"] + tags + more + ["-bitexact", path])
        let format: MediaFormat = ["flac": .flac, "mp3": .mp3, "wav": .wav][name] ?? .ogg
        try check(path, format, removal)
    }

    /// Files of FFmpeg: in the last, no element that contains others has a size.
    static let matroska = ["video.webm", "video.mkv", "voice.webm", "vorbis.mkv", "flac.mkv", "live.webm"]

    @Test(
        "of WebM and Matroska, exiftool finds no place, author or time after `all`, and no place after `location`",
        arguments: matroska, [MetadataRemoval.all, .location])
    func ofMatroska(name: String, removal: MetadataRemoval) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/" + name
        let (video, voice) = (["-i", "\(samples)/video/clip.webm"], ["-i", "\(samples)/voice/voice.wav"])
        let both = video + voice + ["-map", "0:v", "-map", "1:a", "-c:v", "copy"]
        let content =
            switch name {
            case "voice.webm": voice + ["-c:a", "libopus"]
            case "vorbis.mkv": both + ["-c:a", "libvorbis"]
            case "flac.mkv": both + ["-c:a", "flac"]
            default: video + ["-c", "copy"]
            }
        let tags = [
            "title=2024", "artist=Joe", "LOCATION=51.5", "creation_time=2024-01-02T03:04:05Z", "comment=iPhone",
        ].flatMap { ["-metadata", $0] }
        let trackTags = ["-metadata:s:0", "handler_name=Acme", "-metadata:s:0", "title=Acme"]
        var arguments = ["ffmpeg", "-v", "error"] + content + tags + trackTags
        if name == "video.mkv" {
            arguments += ["-attach", "\(samples)/image/orientation-6.jpg", "-metadata:s:t", "mimetype=image/jpeg"]
            arguments += ["-metadata:s:t", "title=Joe"]
        }
        if name == "live.webm" { arguments += ["-live", "1"] }
        try runArguments(arguments + [path])
        try check(path, name.hasSuffix("webm") ? .webm : .matroska, removal)
    }

    @Test("the orientation of a PNG and of a WebP stays", arguments: [MetadataRemoval.all, .location])
    func orientation(removal: MetadataRemoval) throws {
        let exiftool = try Exiftool.program().path
        let folder = try TemporaryFolder()
        for (sample, format) in [("transparent.png", MediaFormat.png), ("picture.webp", .webp)] {
            let path = folder.path + "/" + sample
            try FileManager.default.copyItem(atPath: "\(samples)/image/\(sample)", toPath: path)
            try runArguments(
                [exiftool, "-q", "-overwrite_original", "-n", "-Orientation=6"] + Self.pictureTags + [path])
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let filtered = try FilteredFile(bytes, format, removal)
            try Data(filtered.bytes).write(to: URL(fileURLWithPath: path))
            #expect(try output(exiftool, "-n", "-s3", "-Orientation", path) == "6\n")
        }
    }
}

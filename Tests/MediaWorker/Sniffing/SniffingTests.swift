import Foundation
import MediaModel
import TestPrograms
import TestSupport
import Testing

@testable import MediaWorker

/// The detected type of a file with these bytes, with a policy that accepts everything.
func content(_ bytes: [UInt8], _ name: String? = nil) throws -> Inspection {
    var policy = everything
    policy.kinds = Set(MediaKind.allCases)
    policy.audioContainers = Set(MediaFormat.allCases)
    return try inspectBytes(bytes, policy)
}

@Suite("What a file is")
struct SniffingTests {
    private static let sound = Result { try sample("voice/voice-no-header.mp3") }

    @Test(
        "what holds an MP3 is no sound, whatever it is",
        arguments: [
            ("!<arch>\nsong.mp3/       0           0     0     644     29000     `\n", "application/octet-stream"),
            ("MZ\u{0}\u{0}\u{3}", "application/octet-stream"),
            ("\u{7F}ELF\u{2}\u{1}\u{1}\u{0}", "application/octet-stream"),
            ("7z\u{BC}\u{AF}\u{27}\u{1C}\u{0}\u{4}", "application/x-7z-compressed"),
            ("Rar!\u{1A}\u{7}\u{0}", "application/vnd.rar"), ("%PDF-1.4\n", "application/pdf"),
            ("PK\u{3}\u{4}\u{14}\u{0}", "application/zip"), ("DATA\u{0}\u{0}\u{0}\u{1}", "application/octet-stream"),
            ("\u{D0}\u{CF}\u{11}\u{E0}\u{A1}\u{B1}\u{1A}\u{E1}\u{0}", "application/x-cfb"),
            ("070701000000\u{0}", "application/octet-stream"),
        ])
    func holders(head: String, type: String) throws {
        let bytes = head.unicodeScalars.map { UInt8($0.value) } + (try Self.sound.get())
        let found = try content(bytes)
        #expect(found.kind == .document && found.mimeType == type)
    }

    @Test("a TAR, a ZIP and a presentation with an MP3 in them are documents", arguments: ["tar", "zip", "pptx"])
    func archives(kind: String) throws {
        let folder = try TemporaryFolder()
        let script = """
            import sys, tarfile, zipfile
            kind, path, sound = sys.argv[1:]
            if kind == 'tar':
                with tarfile.open(path, 'w') as file: file.add(sound, 'a.mp3')
            else:
                with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as file:
                    file.write(sound, 'ppt/media/a.mp3' if kind == 'pptx' else 'a.mp3')
            """
        let path = folder.file("a.\(kind)")
        try run("python3", "-c", script, kind, path, "\(samples)/voice/voice.mp3")
        let found = try content([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(found.kind == .document)
        #expect(found.fileExtension == kind)
    }

    @Test(
        "a text is a text, whichever format's word it begins with",
        arguments: [
            "The free online", "Far wide world", "You skip it", "abc mdat xx", "the moov ie", "ID3 tags are nice",
            "RIFF is a WAVE of things, fmt ", "OggS is", "GIF89a is", "GIF8 or not", "BM is a bitmap", "FORM AIFF text",
            "#!AMR\nhello", "#!AMR is", "fLaC is lossless", "abcdftypisom hello", "FLV\tis", "0000ftypM4A ", "<3 you",
            "a < b", String(repeating: "G" + String(repeating: ".", count: 187), count: 30),
        ])
    func words(text: String) throws {
        for text in [text, String(repeating: text + "\n", count: 300)] {
            let found = try content(Array(text.utf8))
            #expect(found.mimeType == "text/plain; charset=utf-8" && found.textEncoding == .utf8)
            // The same in another encoding begins with other bytes.
            for (encoding, name) in [
                (String.Encoding.utf16LittleEndian, "utf-16le"), (.utf16BigEndian, "utf-16be"),
            ] {
                let bytes = [UInt8](try #require(("\u{FEFF}" + text).data(using: encoding)))
                #expect(try content(bytes).mimeType == "text/plain; charset=\(name)")
            }
            let latin = try #require(textBytes(text + " Köln", in: .isoLatin1))
            if latin.count < DetectedType.sniffedBytes {
                #expect(try content(latin).mimeType == "text/plain; charset=iso-8859-1")
            }
        }
    }

    @Test(
        "what begins like a page is of no text type, and known to be text",
        arguments: ["<html>x", " \n<?xml?>", "<!-- "])
    func pages(text: String) throws {
        for encoding in [String.Encoding.utf8, .utf16, .isoLatin1] {
            let found = try content(try #require(textBytes(text + "é", in: encoding)))
            #expect(found.mimeType == "application/octet-stream" && found.textEncoding != nil)
            #expect(found.mayBeDeclared(as: "text/plain"))
        }
    }

    @Test(
        "bytes that are no text are none", arguments: [[1, 2, 3], [0xFF, 0xFE, 0, 0], [0xFF, 0xFE, 0, 0xD8, 65, 0]])
    func noText(bytes: [UInt8]) throws {
        #expect(try content(bytes).textEncoding == nil)
    }

    @Test(
        "a word at its place is no QuickTime file without boxes that follow each other",
        arguments: ["moov", "mdat", "wide", "free", "skip", "pnot"])
    func quickTime(word: String) throws {
        // A length of 64 bytes that is not followed by a box.
        let length: [UInt8] = [0, 0, 0, 64]
        let bytes = length + Array(word.utf8) + (0..<200).map { UInt8($0 ^ 0xA5) }
        #expect(try content(bytes).kind == .document)
    }

    @Test("a QuickTime file that begins with padding is one")
    func padded() throws {
        var bytes = try sample("video/clip.mov")
        let length = Int(bytes[3])
        let head: [UInt8] = [0, 0, 0, UInt8(length)]
        bytes.replaceSubrange(0..<length, with: head + Array("skip".utf8) + [UInt8](repeating: 0, count: length - 8))
        #expect(try content(bytes).mimeType == "video/quicktime")
    }

    @Test("frames of MPEG audio count from the first byte, or behind zeros")
    func padding() throws {
        let bytes = try Self.sound.get()
        #expect(try content([UInt8](repeating: 0, count: 240) + bytes).mimeType == "audio/mpeg")
        #expect(try content((0..<240).map { UInt8($0) } + bytes).kind == .document)
        // Two frames of different kinds do not count as a sequence.
        #expect(try content([0xFF, 0xFB, 0x90, 0x64] + [UInt8](repeating: 0x55, count: 5000)).kind == .document)
    }

    @Test("a program stream is a video, never a sound")
    func programStream() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.mpg")
        try run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3", "-f", "lavfi",
            "-i",
            "sine=duration=3", "-c:v", "mpeg2video", "-c:a", "mp2", path)
        let found = try content([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(found.kind == .video && found.mimeType == "video/mpeg" && found.thumbnail != nil)
        #expect(found.dimensions == Dimensions(width: 320, height: 240))
        #expect(abs(try #require(found.duration) - 3) < 0.1)
    }

    @Test(
        "a brand has the type that is registered for it, with and without pictures",
        arguments: [
            ("mp4", "video/mp4", "audio/mp4"), ("mov", "video/quicktime", "audio/mp4"),
            ("m4v", "video/x-m4v", "audio/mp4"), ("3gp", "video/3gpp", "audio/3gpp"),
            ("3g2", "video/3gpp2", "audio/3gpp2"),
        ])
    func brands(fileExtension: String, video: String, audio: String) throws {
        let folder = try TemporaryFolder()
        let inputs = [("video/landscape.mp4", "v", video), ("voice/voice.m4a", "a", audio)]
        for (name, stream, type) in inputs {
            let path = folder.file("\(stream).\(fileExtension)")
            try run("ffmpeg", "-v", "error", "-i", "\(samples)/\(name)", "-map", "0:\(stream)", "-c", "copy", path)
            let found = try content([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
            #expect(found.mimeType == type)
            if fileExtension.hasPrefix("3g") { #expect(found.fileExtension == fileExtension) }
        }
        // The brands of CDMA2000's files (3GPP2 C.S0050).
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("v.\(fileExtension)"))))
        for brand in ["3g2a", "3g2b", "3g2c"] {
            bytes.replaceSubrange(8..<12, with: brand.utf8)
            #expect(try content(bytes).mimeType == "video/3gpp2")
        }
    }

    @Test("transport streams are known in packets of 188, 192 and 204 bytes", arguments: [188, 192, 204])
    func packets(length: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.ts")
        try run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3", "-c:v", "libx264",
            "-f", "mpegts", path)
        let plain = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let bytes = stride(from: 0, to: plain.count, by: 188).flatMap { start -> [UInt8] in
            let packet = Array(plain[start..<start + 188])
            if length == 192 { return [0x0E, 0xBF, 0x46, 0x22] + packet }
            return packet + [UInt8](repeating: 0xA7, count: length - 188)
        }
        let found = try content(bytes)
        #expect(found.mimeType == "video/mp2t" && found.dimensions == Dimensions(width: 320, height: 240))
        #expect(abs(try #require(found.duration) - 3) < 0.1 && found.thumbnail != nil)
    }
}

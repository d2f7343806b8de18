import Foundation
import MediaModel
import TestPrograms
import Testing

@testable import MediaWorker

@Suite("Numbers that leave a worker")
struct NumbersTests {
    /// A WAVE file of a rising tone with other samples in its middle, of 32 or 64 bits of floating point.
    private static func wave(bits: Int, middle: Double) -> [UInt8] {
        let samples = (0..<8000).map { index in
            (3000..<3100).contains(index) ? middle : Double(index) / 8000 * sin(Double(index) / 3)
        }
        let data = samples.flatMap { value in
            bits == 32 ? Float(value).bitPattern.littleEndianBytes : value.bitPattern.littleEndianBytes
        }
        let bytes = UInt16(bits / 8)
        let format =
            UInt16(3).littleEndianBytes + UInt16(1).littleEndianBytes + UInt32(8000).littleEndianBytes
            + UInt32(8000 * bits / 8).littleEndianBytes + bytes.littleEndianBytes + UInt16(bits).littleEndianBytes
        let chunks =
            Array("WAVEfmt ".utf8) + UInt32(16).littleEndianBytes + format + Array("data".utf8)
            + UInt32(data.count).littleEndianBytes + data
        return Array("RIFF".utf8) + UInt32(chunks.count).littleEndianBytes + chunks
    }

    @Test(
        "a sample that is infinite, none or beyond any level does not make the waveform anything but peaks",
        arguments: [32, 64], [Double.infinity, -.infinity, .nan, .greatestFiniteMagnitude, 1e300, 1e30, -1e10])
    func samples(bits: Int, middle: Double) throws {
        let found = try inspectBytes(Self.wave(bits: bits, middle: middle))
        let waveform = try #require(found.waveform)
        #expect(found.duration == 1)
        #expect(waveform.allSatisfy { $0.isFinite && (0...1).contains($0) } && waveform.max() == 1)
        // The rest is still visible.
        #expect(waveform.filter { $0 > 0.5 }.count > 20)
        // It crosses to another process and to a client.
        let response = InspectionResponse(.success(found))
        #expect(throws: Never.self) {
            try InspectionResponse(try response.frame(), to: InspectionOrder(size: 1, policy: everything))
        }
        #expect(throws: Never.self) { try JSONEncoder().encode(found) }
    }

    @Test("the command prints what it found of such a file")
    func command() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.wav")
        try Data(Self.wave(bits: 64, middle: 1e300)).write(to: URL(fileURLWithPath: path))
        let finished = try Command.runBlocking(
            URL(fileURLWithPath: Project.darkroom.path), ["inspect", "--json", path])
        let report = try #require(try JSONSerialization.jsonObject(with: finished.bytes) as? [String: Any])
        let media = try #require(report["media"] as? [String: Any])
        #expect(media["duration"] as? Double == 1 && (media["waveform"] as? [Double])?.count == 64)
    }

    @Test("what is no number is no duration, no peak, and no part of an error", arguments: [Double.nan, .infinity, -1])
    func types(value: Double) {
        var inspection = Inspection(kind: .audio, container: "wav", mimeType: "audio/wav", fileExtension: "wav")
        inspection.duration = value
        inspection.waveform = [Float(value), 2, 0.5]
        #expect(inspection.duration == nil)
        #expect(inspection.waveform?.allSatisfy { (0...1).contains($0) } ?? false)
        #expect(throws: Never.self) { try JSONEncoder().encode(inspection) }
        let error = MediaError(.tooLong, "too long", duration: value, limit: value)
        #expect(throws: Never.self) { try InspectionResponse(.failure(error)).frame() }
    }

    @Test("a sound's channels and rate are found where its container leaves them open", arguments: ["mp3", "aac"])
    func channels(fileExtension: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.\(fileExtension)")
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=r=32000:d=1", "-ac", "2", path)
        let stream = try #require(try inspectFile(path).streams.first)
        #expect(stream.channels == 2 && stream.sampleRate == 32_000)
    }

    @Test(
        "a codec that is known and not decoded here is said to be that, and the command exits with 1 without a preview")
    func forbidden() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.avi")
        try run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1", "-c:v", "cinepak",
            path)
        let found = try inspectFile(path)
        #expect(found.thumbnailFailure == "cinepak is not among the codecs that are decoded here")
        for arguments in [["--thumbnail", folder.file("a.jpg")], ["--waveform", folder.file("a.png")]] {
            let finished = try Command.runBlocking(
                URL(fileURLWithPath: Project.darkroom.path), ["inspect"] + arguments + [path])
            #expect(finished.status == 1 && finished.errors.contains("there is no"))
            #expect(finished.output.contains("accepted"))
        }
    }
}

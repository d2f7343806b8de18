import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Odd sounds")
struct OddSoundsTests {
    /// A tone that swells and fades, made by the ffmpeg command with other channels and rates.
    private static let fadingTone = "aevalsrc=exprs='0.9*sin(2*PI*t/4)*sin(2*PI*300*t)':d=4"

    @Test(
        "duration and peaks are what decoding by the ffmpeg command gives, for any channels and any rate",
        arguments: [
            ("wav", 8000, "mono"), ("wav", 11_025, "stereo"), ("wav", 96_000, "5.1"), ("flac", 44_100, "5.1"),
            ("flac", 96_000, "stereo"), ("m4a", 48_000, "5.1"), ("m4a", 8000, "mono"), ("m4a", 96_000, "stereo"),
            ("mp3", 8000, "mono"), ("mp3", 48_000, "stereo"), ("ogg", 48_000, "5.1"), ("ogg", 48_000, "mono"),
            ("webm", 48_000, "stereo"), ("mka", 22_050, "7.1"), ("aac", 32_000, "stereo"),
        ])
    func shapes(fileExtension: String, rate: Int, layout: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sound.\(fileExtension)")
        let codec =
            ["ogg": ["-c:a", "libopus"], "webm": ["-c:a", "libopus"], "mka": ["-c:a", "flac"]][fileExtension] ?? []
        try runArguments(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", Self.fadingTone + ":s=\(rate)", "-ar", "\(rate)"]
                + ["-af", "aformat=channel_layouts=\(layout)"] + codec + [path])
        try Self.check(path)
    }

    @Test(
        "a sound beside the middle, beyond full scale, or of one click keeps its shape",
        arguments: [
            // A constant that silence is measured from counts as sound: that is what is played.
            ("DC offset", "aevalsrc=exprs='0.3+0.4*sin(2*PI*t/4)*sin(2*PI*200*t)':d=4:s=16000", "pcm_s16le"),
            ("clipped", "aevalsrc=exprs='3*sin(2*PI*t/8)*sin(2*PI*200*t)':d=4:s=16000", "pcm_s16le"),
            ("beyond full scale", "aevalsrc=exprs='5*t*sin(2*PI*200*t)':d=4:s=16000", "pcm_f32le"),
            ("one click", "aevalsrc=exprs='if(between(t,1,1.001),1,0)':d=4:s=16000", "pcm_s16le"),
            ("8 bits", "aevalsrc=exprs='t/5*sin(2*PI*200*t)':d=4:s=8000", "pcm_u8"),
            ("one channel alone sounds", "aevalsrc=exprs='0|t/5*sin(2*PI*200*t)':d=4:s=8000", "pcm_s16le"),
        ])
    func levels(name: String, source: String, codec: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sound.wav")
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:a", codec, path)
        try Self.check(path)
    }

    @Test("silence is all zeros in every form", arguments: ["wav", "flac", "m4a", "mp3", "ogg"])
    func silence(fileExtension: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("silence.\(fileExtension)")
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "2", path)
        let found = try inspectFile(path)
        #expect(found.waveform == [Float](repeating: 0, count: 64))
        #expect(abs(try #require(found.duration) - 2) < 0.08)
    }

    @Test("what is no number in a sound of floating point is taken for silence")
    func notANumber() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("odd.wav")
        try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", Self.fadingTone + ":s=8000", "-c:a", "pcm_f32le", path)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let middle = bytes.count / 2 & ~3
        for index in stride(from: middle, to: middle + 4000, by: 4) {
            bytes.replaceSubrange(index..<index + 4, with: [0, 0, 0xC0, 0x7F])
        }
        let waveform = try #require(try inspectBytes(bytes).waveform)
        #expect(waveform.max() == 1 && waveform.allSatisfy { (0...1).contains($0) })
    }

    private static func check(_ path: String) throws {
        var policy = everything
        policy.audioContainers = Set(MediaFormat.allCases)
        for buckets in [64, 1000] {
            policy.waveform = WaveformSettings(buckets: buckets)
            let found = try inspectFile(path, policy)
            let decoded = try VoiceTests.decoded(path)
            #expect(found.kind == .audio)
            // A decoder returns whole AAC frames; the edit list of an M4A cuts the last one.
            let frame = path.hasSuffix(".m4a") ? 1024 / Double(decoded.rate) : 0
            #expect(abs(try #require(found.duration) - decoded.duration) <= max(0.02, frame))
            let waveform = try #require(found.waveform)
            #expect(waveform.count == buckets && waveform.max() == 1)
            #expect(VoiceTests.correlation(waveform, VoiceTests.peaks(decoded.magnitudes, buckets)) >= 0.99)
        }
    }
}

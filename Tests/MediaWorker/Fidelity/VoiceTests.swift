import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Voice")
struct VoiceTests {
    static let voices = [
        "voice.m4a", "voice.mp3", "voice-no-header.mp3", "voice.wav", "voice.ogg", "voice.webm", "voice-recorder.webm",
    ]

    @Test("duration and peaks are what decoding by the ffmpeg command gives", arguments: voices + ForeignMedia.sounds)
    func asDecoded(name: String) throws {
        let path = name.hasPrefix("/") ? name : "\(samples)/voice/\(name)"
        for buckets in [1, 64, 1024] {
            var policy = everything
            policy.waveform = WaveformSettings(buckets: buckets)
            let found = try inspectFile(path, policy)
            let decoded = try Self.decoded(path)
            #expect(found.kind == .audio)
            #expect(abs(try #require(found.duration) - decoded.duration) <= 0.02)
            let waveform = try #require(found.waveform)
            #expect(waveform.count == buckets && waveform.max() == 1 && waveform.allSatisfy { (0...1).contains($0) })
            let expected = Self.peaks(decoded.magnitudes, buckets)
            if buckets > 1 { #expect(Self.correlation(waveform, expected) >= 0.99) }
        }
    }

    @Test("silence is all zeros")
    func silence() throws {
        let found = try inspectFile("\(samples)/voice/silence.wav")
        #expect(found.waveform == [Float](repeating: 0, count: 64))
        #expect(found.duration == 2)
    }

    @Test("cover art does not make a song a video")
    func coverArt() throws {
        let folder = try TemporaryFolder()
        for fileExtension in ["mp3", "m4a"] {
            let path = folder.file("song.\(fileExtension)")
            try run(
                "ffmpeg", "-v", "error", "-i", "\(samples)/voice/voice.wav", "-i", "\(samples)/image/orientation-1.jpg",
                "-map", "0",
                "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic", path)
            let found = try inspectFile(path)
            #expect(found.kind == .audio && found.thumbnail == nil)
            #expect(found.streams.contains { $0.type == "picture" })
        }
    }

    @Test(
        "every sample format that a WAV or FLAC carries is read",
        arguments: ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "flac"])
    func formats(codec: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file(codec == "flac" ? "a.flac" : "a.wav")
        try run("ffmpeg", "-v", "error", "-i", "\(samples)/voice/voice.wav", "-c:a", codec, path)
        let found = try inspectFile(path)
        let original = try inspectFile("\(samples)/voice/voice.wav")
        #expect(abs(try #require(found.duration) - #require(original.duration)) < 0.001)
        #expect(Self.correlation(try #require(found.waveform), try #require(original.waveform)) > 0.99)
    }

    static func decoded(_ path: String) throws -> (duration: Double, rate: Int, magnitudes: [Float]) {
        let log = try run(
            "ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=sample_rate,channels", "-of",
            "csv=p=0", path)
        let numbers = String(decoding: log.output, as: UTF8.self).split(whereSeparator: { ",\n".contains($0) })
            .compactMap { Int($0) }
        let (rate, channels) = (try #require(numbers.first), try #require(numbers.dropFirst().first))
        let data = try run("ffmpeg", "-v", "fatal", "-i", path, "-vn", "-f", "f32le", "-c:a", "pcm_f32le", "-").output
        let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let magnitudes = stride(from: 0, to: values.count, by: channels).map { start in
            values[start..<min(start + channels, values.count)].map(abs).max() ?? 0
        }
        return (Double(magnitudes.count) / Double(rate), rate, magnitudes)
    }

    static func peaks(_ magnitudes: [Float], _ buckets: Int) -> [Float] {
        let peaks = (0..<buckets).map { bucket in
            let range =
                magnitudes.count * bucket
                / buckets..<max(magnitudes.count * (bucket + 1) / buckets, magnitudes.count * bucket / buckets + 1)
            return magnitudes[range.clamped(to: 0..<magnitudes.count)].max() ?? 0
        }
        let loudest = peaks.max() ?? 0
        return loudest > 0 ? peaks.map { $0 / loudest } : peaks
    }

    static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let (x, y) = (a.map(Double.init), b.map(Double.init))
        let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let covariance = zip(x, y).map { ($0 - mx) * ($1 - my) }.reduce(0, +)
        let variances = x.map { ($0 - mx) * ($0 - mx) }.reduce(0, +) * y.map { ($0 - my) * ($0 - my) }.reduce(0, +)
        return variances == 0 ? (x == y ? 1 : 0) : covariance / variances.squareRoot()
    }
}

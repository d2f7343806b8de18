import Foundation
import HostileMedia
import MediaModel
import Testing

@testable import MediaWorker

extension WorkerProcessTests {
    @Suite("Renditions of sounds")
    struct VoiceRenditionTests {
        @Test(
            "a voice message becomes AAC in MP4, of the same length and loudness",
            arguments: ["voice.ogg", "voice.webm", "voice.mp3", "voice.wav"])
        func aac(name: String) async throws {
            let path = "\(samples)/voice/\(name)"
            let bench = try await RenditionBench(path)
            #expect(try await bench.make(.voiceM4A).transcoding.outcome == .encoded)
            let output = try await bench.outputFile("voice.m4a")
            let probed = try ProbedFile(output)
            #expect(probed.audio?.hasPrefix("aac LC ") == true && probed.streamCount == 1)
            let (seconds, change) = (try decodedSeconds(path), try loudness(output) - loudness(path))
            #expect(abs(probed.duration - seconds) < 0.1 && abs(change) < 1)
            let types = try topLevelBoxes(try await bench.outputBytes()).map(\.type)
            #expect(types.first == "ftyp" && types.dropFirst().first == "moov")
        }

        @Test("a voice message becomes Opus in Ogg", arguments: ["voice.m4a", "voice.mp3"])
        func opus(name: String) async throws {
            let path = "\(samples)/voice/\(name)"
            let bench = try await RenditionBench(path)
            #expect(try await bench.make(.voiceOpus).transcoding.outcome == .encoded)
            let output = try await bench.outputFile("voice.ogg")
            let probed = try ProbedFile(output)
            let (seconds, change) = (try decodedSeconds(path), try loudness(output) - loudness(path))
            #expect(probed.audio?.hasPrefix("opus") == true && abs(probed.duration - seconds) < 0.1)
            #expect(abs(change) < 1)
        }

        @Test("Opus in Ogg is such a file already; AMR, which no browser plays, becomes AAC")
        func kinds() async throws {
            let ogg = try await RenditionBench("\(samples)/voice/voice.ogg")
            #expect(try await ogg.make(.voiceOpus).transcoding.outcome == .original)
            // 150 frames of 20 ms at 12.2 kbit/s (RFC 4867, section 5), of noise: ffmpeg has no encoder.
            var amr = Array("#!AMR\n".utf8)
            for frame in 0..<150 {
                amr.append(0x3C)
                for byte in 0..<31 { amr.append(UInt8(truncatingIfNeeded: byte * 37 + frame * 11)) }
            }
            let bench = try await RenditionBench(bytes: amr)
            #expect(try await bench.make(.voiceM4A).transcoding.outcome == .encoded)
            let probed = try ProbedFile(try await bench.outputFile("voice.m4a"))
            #expect(probed.audio == "aac LC 1" && abs(probed.duration - 3) < 0.1)
        }

        @Test("no hostile file ends a rendition by anything but a result or a reason", arguments: HostileFile.all)
        func hostile(file: HostileFile) async throws {
            let bench = try await RenditionBench(bytes: try file.bytes())
            var failure = await bench.failure(.video720p)
            if failure == .wrongKind { failure = await bench.failure(.voiceM4A) }
            #expect(failure != .crashed && failure != .internal && failure != .interrupted)
        }

        private func decodedSeconds(_ path: String) throws -> Double {
            let samples = try run(
                "ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", "48000", "-f", "s16le", "-"
            ).output.count
            return Double(samples) / 2 / 48_000
        }

        /// The mean volume in dB.
        private func loudness(_ path: String) throws -> Double {
            let text = try run("ffmpeg", "-v", "info", "-i", path, "-af", "volumedetect", "-f", "null", "-").errors
            let line = text.split(separator: "\n").first { $0.contains("mean_volume") }
            let value = line?.split(separator: " ").dropLast().last
            return try #require(value.flatMap { Double($0) })
        }
    }
}

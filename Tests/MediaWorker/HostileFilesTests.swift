import Foundation
import Testing

@testable import MediaWorker

@Suite("Hostile files")
struct HostileFilesTests {
    static let files = [
        "video/clip.mov", "video/clip.3gp", "video/clip.avi", "video/clip.webm", "video/fragmented.mp4",
        "voice/voice.m4a", "voice/voice.mp3",
        "voice/voice.ogg", "image/orientation-6.jpg", "image/transparent.png", "image/animated.gif",
        "image/picture.webp",
    ]

    @Test("bytes changed at random give a verdict, never a crash or our own failure", arguments: files)
    func mutated(name: String) throws {
        let original = try sample(name)
        var random = SeededGenerator(state: 0x9E37_79B9_7F4A_7C15)
        for round in 0..<40 {
            var bytes = original
            // Heads and indices are where the decisions are.
            let reach = round % 2 == 0 ? min(4096, bytes.count) : bytes.count
            for _ in 0..<(1 + round % 20) {
                bytes[Int.random(in: 0..<reach, using: &random)] = .random(in: 0...255, using: &random)
            }
            judge(bytes)
        }
    }

    @Test("a file cut anywhere gives a verdict", arguments: files)
    func cut(name: String) throws {
        let original = try sample(name)
        for part in 1..<24 { judge(Array(original.prefix(original.count * part / 24))) }
    }

    private func judge(_ bytes: [UInt8]) {
        do throws(MediaError) {
            let found = try inspectBytes(bytes)
            #expect(found.waveform?.allSatisfy { (0...1).contains($0) } ?? true)
            if let duration = found.duration { #expect(duration.isFinite && duration >= 0) }
        } catch {
            #expect(error.code != .internal && error.code != .deadline && error.code != .incomplete, "\(error)")
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

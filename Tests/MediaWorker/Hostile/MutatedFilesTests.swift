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

    @Test("an index that claims hundreds of millions of samples costs neither the memory nor the time for them")
    func sampleBomb() throws {
        var bytes = try sample("video/no-audio.mp4")
        func overwrite(_ type: String, at offset: Int, _ values: [UInt8]) throws {
            let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(type.utf8)) })
            bytes.replaceSubrange(start + offset..<start + offset + values.count, with: values)
        }
        // One byte for each of 268 million samples, all of them in each chunk.
        try overwrite("stsz", at: 8, [0, 0, 0, 1, 0x0F, 0xFF, 0xFF, 0xFF])
        try overwrite("stsc", at: 16, [0x0F, 0xFF, 0xFF, 0xFF])
        let before = try residentMemory()
        judge(bytes)
        #expect(try residentMemory() - before < 600 << 20)
    }

    @Test("fragments of a track that the index does not know are refused, not searched for")
    func strangeFragments() throws {
        var bytes = try sample("video/fragmented.mp4")
        #expect(try inspectBytes(bytes).kind == .video)
        let header = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("tkhd".utf8)) })
        bytes[header + 4 + (bytes[header + 4] == 1 ? 20 : 12)] = 0xFF
        #expect(refusal { () throws(MediaError) in try inspectBytes(bytes) } == .unreadable)
        // The same with fragments that seem to be a part of the index.
        let index = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("moov".utf8)) })
        bytes[index - 3] = 0x40
        #expect(refusal { () throws(MediaError) in try inspectBytes(bytes) } == .unreadable)
    }

    private func residentMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }?.split(separator: " ").dropFirst()
            .first
        return try #require(peak.flatMap { Int($0) }) * 1024
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

import Foundation
import MediaModel
import Mutation
import Testing

@testable import MediaWorker

@Suite("Mutated files")
struct MutatedFilesTests {
    static let files = [
        "video/clip.mov", "video/clip.3gp", "video/clip.avi", "video/clip.webm", "video/fragmented.mp4",
        "voice/voice.m4a", "voice/voice.mp3",
        "voice/voice.ogg", "image/orientation-6.jpg", "image/transparent.png", "image/animated.gif",
        "image/picture.webp",
    ]

    @Test(
        "files with bytes changed at random are accepted or rejected, never a crash or an internal error",
        arguments: files)
    func mutated(name: String) throws {
        let original = try sample(name)
        var random = SeededGenerator(seed: 0x9E37_79B9_7F4A_7C15)
        for round in 0..<40 {
            var bytes = original
            // Heads and indices are where the decisions are.
            let reach = round % 2 == 0 ? min(4096, bytes.count) : bytes.count
            for _ in 0..<(1 + round % 20) {
                bytes[Int.random(in: 0..<reach, using: &random)] = .random(in: 0...255, using: &random)
            }
            validate(bytes)
        }
    }

    @Test("a file cut anywhere is accepted or rejected", arguments: files)
    func cut(name: String) throws {
        let original = try sample(name)
        for part in 1..<24 { validate(Array(original.prefix(original.count * part / 24))) }
    }

    @Test("mutants of all samples are accepted or rejected")
    func mutants() throws {
        let corpus = try Corpus(folders: [samples])
        for index in 0..<300 { validate(Mutant(seed: 20_261_121, index: index, corpus: corpus).bytes) }
    }

    @Test("a mutant is the same for the same seed and number, and another for others")
    func deterministic() throws {
        let corpus = try Corpus(folders: [samples + "/voice"])
        func mutant(_ seed: UInt64, _ index: Int) -> [UInt8] { Mutant(seed: seed, index: index, corpus: corpus).bytes }
        #expect(mutant(1, 7) == mutant(1, 7))
        #expect(mutant(1, 7) != mutant(1, 8) && mutant(1, 7) != mutant(2, 7))
        #expect((0..<20).allSatisfy { index in !corpus.files.contains { $0.bytes == mutant(3, index) } })
    }

    @Test("fragments of a track that the index does not know are rejected, not searched for")
    func strangeFragments() throws {
        var bytes = try sample("video/fragmented.mp4")
        #expect(try inspectBytes(bytes).kind == .video)
        let header = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("tkhd".utf8)) })
        bytes[header + 4 + (bytes[header + 4] == 1 ? 20 : 12)] = 0xFF
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes) } == .unreadable)
        // The same with fragments that seem to be a part of the index.
        let index = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("moov".utf8)) })
        bytes[index - 3] = 0x40
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes) } == .unreadable)
    }

    private func validate(_ bytes: [UInt8]) {
        do throws(MediaError) {
            let found = try inspectBytes(bytes)
            #expect(found.waveform?.allSatisfy { (0...1).contains($0) } ?? true)
            if let duration = found.duration { #expect(duration.isFinite && duration >= 0) }
        } catch {
            #expect(error.code != .internal && error.code != .deadline && error.code != .incomplete, "\(error)")
        }
    }
}

import Foundation
import Glibc
import HostileMedia
import MediaModel
import Testing

@testable import MediaWorker

/// Files that are made to do harm, one for each limit. One at a time: what they cost is measured.
@Suite("Hostile media", .serialized)
struct HostileMediaTests {
    /// The memory that one inspection may add to a process that has run others: a decoded picture of 100 million
    /// pixels, and the file itself.
    private static let allowance = 960 << 20

    @Test("the measurement of memory notices what one file uses, whatever was used before it")
    func memoryIsMeasured() throws {
        for size in [512 << 20, 256 << 20] {
            try resetPeakMemory()
            let before = try peakMemory()
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
            memset(bytes, 1, size)
            #expect(try peakMemory() - before > size / 2)
            bytes.deallocate()
        }
    }

    @Test(
        "pictures and videos that say they are too large are rejected by their headers", arguments: HostileFile.pixels)
    func pixels(file: HostileFile) throws { try check(file) }

    @Test("pictures that are small by their heads and large behind them", arguments: HostileFile.pixelSurprises)
    func pixelSurprises(file: HostileFile) throws { try check(file) }

    @Test("pictures that are not quite as prescribed", arguments: HostileFile.oddPictures)
    func oddPictures(file: HostileFile) throws { try check(file) }

    @Test("items that multiply, or refer to themselves", arguments: HostileFile.items)
    func items(file: HostileFile) throws { try check(file) }

    @Test("covers, fonts and subtitles are not opened", arguments: HostileFile.covers)
    func covers(file: HostileFile) throws { try check(file) }

    @Test("thousands of streams are rejected", arguments: HostileFile.streams)
    func streams(file: HostileFile) throws { try check(file) }

    @Test("boxes in boxes in boxes", arguments: HostileFile.nesting)
    func nesting(file: HostileFile) throws { try check(file) }

    @Test("boxes, chunks and elements whose sizes lie", arguments: HostileFile.sizes)
    func sizes(file: HostileFile) throws { try check(file) }

    @Test("tables of thousands of millions of entries", arguments: HostileFile.tables)
    func tables(file: HostileFile) throws { try check(file) }

    @Test("clocks that stand still, run backwards or never end", arguments: HostileFile.time)
    func time(file: HostileFile) throws { try check(file) }

    @Test("sounds that say they are longer, shorter or faster than they are", arguments: HostileFile.falseDeclarations)
    func falseDeclarations(file: HostileFile) throws { try check(file) }

    @Test("files that look like another kind, and containers' variants", arguments: HostileFile.resemblances)
    func resemblances(file: HostileFile) throws { try check(file) }

    @Test("a video plays for as long as its index has samples, whatever its head says")
    func shortened() throws {
        let bytes = try HostileFile.shortened.bytes()
        var policy = everything
        policy.maximumDuration = 600
        #expect(rejection { () throws(MediaError) in try inspectBytes(bytes, policy) } == .tooLong)
        #expect(try inspectBytes(bytes).duration == 700)
    }

    private func check(_ file: HostileFile) throws {
        let bytes = try file.bytes()
        try resetPeakMemory()
        let before = try peakMemory()
        let began = ContinuousClock.now
        do throws(MediaError) {
            let found = try inspectBytes(bytes)
            #expect(file.allows(.accepted(found.kind.rawValue)))
            if let duration = found.duration { #expect(duration.isFinite && duration >= 0) }
            checkKept(found)
        } catch {
            #expect(file.allows(.rejected(error.code.rawValue)), "\(error)")
        }
        #expect(ContinuousClock.now - began < .seconds(everything.deadline))
        #expect(try peakMemory() - before < Self.allowance)
    }

    /// Of what is harmless there is what there is of any other file: of a sound its shape and no picture, of a picture a
    /// smaller one.
    private func checkKept(_ found: Inspection) {
        switch found.kind {
        case .audio:
            #expect(found.waveform?.count == 64 && found.waveform?.allSatisfy { (0...1).contains($0) } ?? false)
            #expect(found.thumbnail == nil && found.dimensions == nil && found.duration != nil)
        case .video, .image:
            // HEIC may be of items that are not decoded.
            #expect(found.thumbnail?.starts(with: [0xFF, 0xD8, 0xFF]) ?? (found.container == "heic"))
            #expect(found.waveform == nil && found.dimensions.map { $0.width > 0 && $0.height > 0 } ?? false)
        case .document: Issue.record("media were taken for a document")
        }
    }

    /// Sets the peak of this process's memory to what it uses now (5 in `clear_refs`, proc(5)): otherwise a file could use as
    /// much as any test before it without being noticed.
    private func resetPeakMemory() throws {
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// The peak resident memory of this process, in bytes.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        let words = line?.split(whereSeparator: \.isWhitespace).dropFirst()
        return try #require(words?.first.flatMap { Int($0) }) * 1024
    }
}

import Foundation
import Glibc
import Testing

@testable import Logging

@Suite("The thread that writes the log")
struct LineWriterTests {
    private func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    /// Reads in a thread of its own, which runs when this returns, until the other end is closed: a flush that waits for the reader holds a thread
    /// of the cooperative pool, which may be the only one.
    private func reading(_ descriptor: Int32) -> Task<String, Never> {
        let (texts, continuation) = AsyncStream<String>.makeStream()
        Thread.detachNewThread {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
            continuation.yield(String(decoding: bytes, as: UTF8.self))
            continuation.finish()
        }
        return Task { await texts.first { _ in true } ?? "" }
    }

    @Test("writes lines in their order, all of them before a flush returns")
    func order() async throws {
        let (reader, descriptor) = try pipe()
        let writer = LineWriter(descriptor: descriptor) { "\($0) dropped" }
        for number in 0..<100 { writer.write("\(number)") }
        writer.flush(within: 60)
        close(descriptor)
        #expect(await reading(reader).value == (0..<100).map { "\($0)\n" }.joined())
        close(reader)
    }

    @Test("does not wait for a reader that does not read: the lines that do not fit are dropped, and counted later")
    func stalledReader() async throws {
        let (reader, descriptor) = try pipe()
        let writer = LineWriter(descriptor: descriptor) { "\($0) dropped" }
        let line = String(repeating: "x", count: 1023)
        // More than the pipe and the queue hold.
        for _ in 0..<3000 { writer.write(line) }
        let output = reading(reader)
        writer.flush(within: 60)
        writer.write("next")
        writer.flush(within: 60)
        close(descriptor)
        let lines = await output.value.split(separator: "\n").map(String.init)
        close(reader)
        let written = lines.filter { $0 == line }.count
        // A note is where the lines are missing: after those that the thread had taken by then.
        let notes = lines.compactMap { $0.hasSuffix(" dropped") ? Int($0.dropLast(8)) : nil }
        #expect(written < 2500)
        #expect(notes.reduce(written, +) == 3000)
        #expect(lines.count == written + notes.count + 1 && lines.last == "next")
    }

    @Test("drops what cannot be written: the disk is full, or the reader has ended")
    func failingWrites() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        let writer = LineWriter(descriptor: full) { "\($0) dropped" }
        for _ in 0..<10 { writer.write("lost") }
        writer.flush(within: 60)
        let (reader, descriptor) = try pipe()
        close(reader)
        let other = LineWriter(descriptor: descriptor) { "\($0) dropped" }
        for _ in 0..<10 { other.write("lost") }
        other.flush(within: 60)
        close(descriptor)
        close(full)
    }

    @Test("what any client can cause is logged so many times a while, and the others are counted")
    func rateLimit() {
        let limit = RateLimit(2, per: .seconds(1))
        let start = ContinuousClock.now
        #expect([0, 0, 0, 0].map { limit.permit(at: start + .milliseconds($0)) } == [0, 0, nil, nil])
        #expect(limit.permit(at: start + .seconds(2)) == 2)
        #expect(limit.permit(at: start + .seconds(2)) == 0)
        #expect(limit.permit(at: start + .seconds(2)) == nil)
    }
}

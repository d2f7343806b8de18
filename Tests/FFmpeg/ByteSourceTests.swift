import Bytes
import Foundation
import Glibc
import Testing

@testable import FFmpeg

@Suite("Byte source")
struct ByteSourceTests {
    private func source(_ bytes: [UInt8], present: [Range<Int>]? = nil, size: Int? = nil) throws -> ByteSource {
        var template = Array("/tmp/byte-source-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        unlink(template)
        #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        return ByteSource(descriptor: OwnedDescriptor(owning: descriptor), size: size ?? bytes.count, present: present)
    }

    @Test("reading into a hole is an error, never zeros")
    func hole() throws {
        let source = try source(Array(0..<100), present: [0..<10, 50..<100])
        #expect(try source.bytes(0..<10) == Array(0..<10))
        #expect(try source.bytes(60..<70) == Array(60..<70))
        for range in [5..<15, 10..<11, 30..<40, 49..<51] {
            #expect { try source.bytes(range) } throws: { ($0 as? FFmpegError)?.code == .missingBytes }
        }
    }

    @Test("bytes beyond the end are not there, and that is no error")
    func end() throws {
        let source = try source(Array(0..<100))
        #expect(try source.bytes(90..<200) == Array(90..<100))
        #expect(try source.bytes(200..<300) == [])
        // The file is shorter than declared.
        #expect(try self.source(Array(0..<100), size: 150).bytes(90..<150) == Array(90..<100))
    }

    @Test("a demuxer that meets a hole says so")
    func demuxer() throws {
        let bytes = Array("RIFF".utf8) + [36, 0, 0, 0] + Array("WAVEfmt ".utf8) + [UInt8](repeating: 0, count: 100)
        let source = try source(bytes, present: [0..<16])
        let limits = DemuxLimits(streams: 2, probeBytes: 1000, pixels: 1 << 20)
        #expect { try Demuxer(source, format: .wav, limits: limits, deadline: Deadline(seconds: 5)) } throws: {
            ($0 as? FFmpegError)?.code == .missingBytes
        }
    }

    @Test("after the deadline nothing is read")
    func deadline() throws {
        let source = try source([UInt8](repeating: 0, count: 100))
        let limits = DemuxLimits(streams: 2, probeBytes: 1000, pixels: 1 << 20)
        for format in Demuxer.Format.allCases {
            #expect { try Demuxer(source, format: format, limits: limits, deadline: Deadline(seconds: 0)) } throws: {
                ($0 as? FFmpegError)?.code == .deadline
            }
        }
    }

    @Test("a playlist is nothing to any demuxer: what it names is never opened", arguments: Demuxer.Format.allCases)
    func playlist(format: Demuxer.Format) throws {
        let secret = NSTemporaryDirectory() + "/secret-\(UUID().uuidString).ts"
        #expect(mkfifo(secret, 0o600) == 0)
        defer { unlink(secret) }
        // Opening the pipe for reading would block until the test's time is over.
        let text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://\(secret)\n#EXT-X-ENDLIST\n"
        let limits = DemuxLimits(streams: 2, probeBytes: 100_000, pixels: 1 << 20)
        let source = try source(Array(text.utf8))
        do throws(FFmpegError) {
            let demuxer = try Demuxer(source, format: format, limits: limits, deadline: Deadline(seconds: 5))
            try demuxer.readStreamDetails()
            let packet = try Packet()
            while try demuxer.read(into: packet) { #expect(packet.byteCount <= text.utf8.count) }
        } catch {
            #expect(error.code != .deadline)
        }
    }
}

import Bytes
import FFmpeg
import Foundation
import Glibc
import MediaModel
import Synchronization

@testable import MediaWorker

/// The result of an inspection, for comparison.
enum InspectionOutcome: Equatable {
    case accepted(String, Double?, Dimensions?, [UInt8]?, [Float]?)
    case rejected(MediaError.Code)

    var isAccepted: Bool {
        if case .accepted = self { return true }
        return false
    }
}

func outcome(_ workers: any MediaInspecting, _ job: InspectionJob) async -> InspectionOutcome {
    do throws(MediaError) {
        let found = try await workers.inspect(job)
        return .accepted(found.mimeType, found.duration, found.dimensions, found.thumbnail, found.waveform)
    } catch {
        return .rejected(error.code)
    }
}

/// A file that is read by ranges.
final class BytesInMemory: RangeReading {
    let bytes: [UInt8]
    let reads = Mutex(0)
    private let failure: FFmpegError?

    init(_ bytes: [UInt8], failing failure: FFmpegError? = nil) {
        self.bytes = bytes
        self.failure = failure
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        reads.withLock { $0 += 1 }
        if let failure { throw failure }
        let count = min(buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        return count
    }
}

/// A file whose first read blocks until the gate is opened.
final class GatedBytes: RangeReading {
    let bytes: [UInt8]
    private let inner: BytesInMemory
    private let opened = DispatchSemaphore(value: 0)
    private let (asked, tell) = AsyncStream.makeStream(of: Void.self)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        inner = BytesInMemory(bytes)
    }

    func isAsked() async { for await _ in asked { return } }

    func open() { opened.signal() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        tell.yield()
        opened.wait()
        opened.signal()
        return try inner.read(at: offset, into: buffer)
    }
}

/// A file of which each read kills the worker that requested it.
final class WorkerKillingBytes: RangeReading {
    let bytes: [UInt8]
    private let inner: BytesInMemory

    private let signal: Int32

    init(_ bytes: [UInt8], signal: Int32 = SIGKILL) {
        self.bytes = bytes
        self.signal = signal
        inner = BytesInMemory(bytes)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        for id in workerProcesses() { kill(id, signal) }
        return try inner.read(at: offset, into: buffer)
    }
}

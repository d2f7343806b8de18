import Foundation
import Glibc

/// Writes lines to a file descriptor from a thread of its own, so that no caller waits for it, and none fails with it: a disk may be
/// full, and the reader of a pipe may have stopped reading or ended. What does not fit in the queue, or cannot be written, is dropped
/// and counted.
// Sendable: the properties that vary are used with the condition locked; the descriptor is used by the thread alone.
final class LineWriter: @unchecked Sendable {
    /// The most that waits to be written, in bytes.
    static let maximumQueuedBytes = 1 << 20

    private let descriptor: Int32
    /// The line that says how many were dropped.
    private let note: @Sendable (_ dropped: Int) -> String
    private let condition = NSCondition()
    private var lines: [[UInt8]] = []
    private var queuedBytes = 0
    private var dropped = 0
    private var isStarted = false
    private var isWriting = false

    init(descriptor: Int32, note: @escaping @Sendable (_ dropped: Int) -> String) {
        self.descriptor = descriptor
        self.note = note
    }

    /// Queues a line, without its end. Never waits for the descriptor.
    func write(_ line: String) {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        condition.lock()
        defer { condition.unlock() }
        guard queuedBytes + bytes.count <= Self.maximumQueuedBytes else {
            dropped += 1
            return
        }
        lines.append(bytes)
        queuedBytes += bytes.count
        if !isStarted {
            isStarted = true
            Thread.detachNewThread { self.run() }
        }
        condition.broadcast()
    }

    /// Waits until all lines that were queued are written, `seconds` at most.
    func flush(within seconds: Double) {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !lines.isEmpty || isWriting, condition.wait(until: end) {}
    }

    private func run() {
        // A reader that has ended is an error of the write, not of the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while true {
            condition.lock()
            while lines.isEmpty { condition.wait() }
            let (batch, missing) = (lines, dropped)
            (lines, queuedBytes, dropped, isWriting) = ([], 0, 0, true)
            condition.unlock()

            var failed = 0
            if missing > 0, !writeAll(Array((note(missing) + "\n").utf8)) { failed += missing }
            for line in batch where !writeAll(line) { failed += 1 }

            condition.lock()
            dropped += failed
            isWriting = false
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Whether all bytes were written.
    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                start += count
            } else if errno == EAGAIN {
                var events = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&events, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

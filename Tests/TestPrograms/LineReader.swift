public import Foundation

// Sendable: the buffer is touched on the queue alone.
/// The lines that a program writes, read off the cooperative pool.
public final class LineReader: @unchecked Sendable {
    private let file: FileHandle
    private let queue = DispatchQueue(label: "line-reader")
    private var buffer = Data()

    /// The lines of `file`.
    public init(_ file: FileHandle) { self.file = file }

    /// The next line, without its end; `nil` when there are no more.
    public func next() async -> Data? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.read()) }
        }
    }

    /// As ``next()``, but blocks the thread.
    public func nextBlocking() -> Data? { queue.sync { read() } }

    private func read() -> Data? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[..<end])
                buffer = Data(buffer[buffer.index(after: end)...])
                return line
            }
            let more = file.availableData
            if more.isEmpty { return nil }
            buffer += more
        }
    }
}

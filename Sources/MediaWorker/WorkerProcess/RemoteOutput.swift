import FFmpeg

/// A file that a worker writes and of which it has no descriptor: the service gets the bytes. Used by the worker's first thread.
final class RemoteOutput: ByteSink {
    /// The longest time between reports of progress.
    private static let interval = Duration.seconds(1)

    private let socket: IPCSocket
    private let maximumBytes: Int
    private var lastReport = ContinuousClock.now

    /// - Parameter maximumBytes: how large the file may be.
    init(_ socket: IPCSocket, maximumBytes: Int) {
        self.socket = socket
        self.maximumBytes = maximumBytes
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FFmpegError) {
        guard offset <= maximumBytes, bytes.count <= maximumBytes - offset else {
            throw FFmpegError(.limit, "more than \(maximumBytes) bytes")
        }
        do throws(IPCError) {
            for start in stride(from: 0, to: bytes.count, by: OutputPiece.maximumCount) {
                let end = min(start + OutputPiece.maximumCount, bytes.count)
                try socket.send(
                    OutputPiece.frame(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: offset + start))
            }
        } catch {
            throw FFmpegError(.io, "the service does not take bytes: \(error)")
        }
    }

    /// Tells the service which share of the source was read, once a second at most.
    func report(_ share: Double) {
        guard ContinuousClock.now - lastReport >= Self.interval else { return }
        lastReport = .now
        let parts = UInt32(min(max(share, 0), 1) * 10_000)
        // Where the connection is closed, the next read or write finds that.
        try? socket.send(IPCFrame(kind: .progress, payload: parts.littleEndianBytes))
    }
}

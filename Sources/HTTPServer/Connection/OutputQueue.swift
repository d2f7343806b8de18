import Bytes
import Glibc

/// Bytes queued for a non-blocking socket.
struct OutputQueue {
    enum Flushed: Equatable {
        case empty
        /// The socket accepts no more for now.
        case blocked
        case failed
    }

    private var chunks: [ByteChunk] = []
    private var head = 0
    /// The number of queued bytes.
    private(set) var count = 0
    /// The number of bytes that the socket has accepted since the connection opened.
    private(set) var written = 0
    /// The most that one flush sends, in bytes, so that one fast reader does not delay the others.
    private static let share = 1 << 20

    var isEmpty: Bool { count == 0 }

    mutating func append(_ chunk: ByteChunk) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        count += chunk.count
    }

    mutating func countWritten(_ bytes: Int) { written += bytes }

    /// Sends the queued bytes. `more` says that a file follows (MSG_MORE).
    mutating func flush(to socket: Int32, more: Bool) -> Flushed {
        var sent = 0
        while count > 0 {
            guard sent < Self.share else { return .blocked }
            let flags = Int32(MSG_NOSIGNAL) | (more || chunks.count - head > 1 ? Int32(MSG_MORE) : 0)
            let chunk = chunks[head]
            let result = chunk.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, flags) }
            if result < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN || errno == EWOULDBLOCK ? .blocked : .failed
            }
            sent += result
            written += result
            count -= result
            if result < chunk.count {
                chunks[head] = chunk[result..<chunk.count]
            } else {
                head += 1
                if head == chunks.count || head >= 64 {
                    chunks.removeFirst(head)
                    head = 0
                }
            }
        }
        if chunks.capacity > 16 { chunks = [] }
        return .empty
    }
}

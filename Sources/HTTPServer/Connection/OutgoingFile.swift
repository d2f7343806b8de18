import CLinux
import Foundation

/// A file that is being sent to a socket, from the loop and as far as the socket accepts bytes: no thread ever waits for the
/// client.
struct OutgoingFile {
    enum Sent: Equatable {
        /// The socket accepts no more, or it is the turn of other connections.
        case blocked
        /// The next bytes must be fetched from the disk first.
        case notInMemory
        case whole
        /// The file is shorter than declared or cannot be read, or the client has disconnected.
        case failed
    }

    private(set) var region: FileRegion
    /// A thread fetches what comes next from the disk.
    var isFetching = false
    /// Up to where the file was found in memory, and when: the system may evict what a slow client has not read yet.
    private var warmEnd = 0
    private var warmUntil: UInt64 = 0

    /// The most that one call sends, in bytes, so that one fast reader does not delay the others.
    private static let bytesPerTurn = 256 << 10
    /// How much is fetched from the disk at once, in bytes: more each time, as a client that does not read needs no more than
    /// the first.
    private var window = 128 << 10
    private static let largestWindow = 1 << 20
    /// How long fetched bytes are assumed to stay in memory, in milliseconds.
    private static let warmMilliseconds: UInt64 = 1_000

    init(_ region: FileRegion) { self.region = region }

    /// Sends what the socket accepts now. Returns how many bytes that were, and what prevents more.
    mutating func send(to socket: Int32, at now: UInt64) -> (count: Int, Sent) {
        var total = 0
        while region.length > 0 {
            guard total < Self.bytesPerTurn else { return (total, .blocked) }
            guard isWarm(at: now) else { return (total, .notInMemory) }
            var offset = off_t(region.offset)
            let limit = min(region.length, Self.bytesPerTurn - total, warmEnd - region.offset)
            let count = darkroom_sendfile(socket, region.descriptor, &offset, limit)
            if count == -Int(EINTR) { continue }
            if count == -Int(EAGAIN) { return (total, .blocked) }
            if count <= 0 { return (total, .failed) }
            region.offset += count
            region.length -= count
            total += count
        }
        return (total, .whole)
    }

    private mutating func isWarm(at now: UInt64) -> Bool {
        if region.offset < warmEnd, now < warmUntil { return true }
        let next = nextWindow
        guard FileWarmer.isInMemory(next) else { return false }
        fetched(next, at: now)
        return true
    }

    /// The region to fetch next.
    var nextWindow: FileRegion {
        var next = region
        next.length = min(region.length, window)
        return next
    }

    /// `window` was fetched into memory.
    mutating func fetched(_ window: FileRegion, at now: UInt64) {
        warmEnd = window.offset + window.length
        self.window = min(self.window * 2, Self.largestWindow)
        warmUntil = now + Self.warmMilliseconds
    }

    /// Drops the reference to the file on a thread that may block: closing a large unlinked file takes long.
    func release() {
        let owner = region.owner
        DispatchQueue.global(qos: .utility).async { withExtendedLifetime(owner) {} }
    }
}

import Foundation

/// A file on its way to a socket.
struct OutgoingFile {
    private(set) var region: FileRegion
    /// A thread is sending a piece of it.
    var isInFlight = false
    /// The socket takes no more for now.
    var isBlocked = false
    /// The most that one turn on the thread pool sends.
    static let share = 1 << 20

    init(_ region: FileRegion) { self.region = region }

    mutating func advance(_ count: Int) {
        region.offset += count
        region.length -= count
    }

    /// Lets go of the file on a thread that may wait: closing a large unlinked file takes long.
    func release() {
        let owner = region.owner
        DispatchQueue.global(qos: .utility).async { withExtendedLifetime(owner) {} }
    }
}

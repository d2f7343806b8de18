internal import Bytes
internal import Concurrency
internal import Glibc
internal import Synchronization

/// The directories of a folder store, opened once: they stay the same whatever happens to the path later. All calls
/// block and must run on `threads`.
final class FolderDirectories: Sendable {
    let objects: Directory
    let incoming: Directory
    let parts: Directory
    let threads: ThreadPool

    /// One of these, chosen by key, is held while the two files of an object are replaced. Each object is written by one
    /// process.
    private let locks = (0..<64).map { _ in KeyLock() }

    final class KeyLock: Sendable {
        private let mutex = Mutex(())

        func hold<Value>(_ body: () throws(SystemError) -> Value) throws(SystemError) -> Value {
            var result: Value?
            try mutex.withLock { _ throws(SystemError) in result = try body() }
            return result!
        }
    }

    init(path: String, threads: ThreadPool) throws(SystemError) {
        self.threads = threads
        let root = try Directory(path: path)
        objects = try root.makeDirectory("objects")
        incoming = try root.makeDirectory("incoming")
        parts = try root.makeDirectory("parts")
        // Objects become visible by a rename between them, which needs one file system.
        let all = [objects.descriptor, incoming.descriptor, parts.descriptor]
        let devices = try all.map { (descriptor) throws(SystemError) in
            try FileStatus(descriptor: descriptor).device
        }
        guard devices.allSatisfy({ $0 == devices[0] }) else {
            throw SystemError("objects, incoming and parts on one file system", number: EXDEV)
        }
        try removeLeftovers()
    }

    func lock(for key: ObjectKey) -> KeyLock {
        locks[Int(UInt(bitPattern: key.hashValue) % UInt(locks.count))]
    }

    /// Removes files that a crash left in `incoming/`: every file that no running process has locked.
    private func removeLeftovers() throws(SystemError) {
        for name in try incoming.names() {
            // A file that cannot be opened was completed by another process meanwhile, or is left for the next start.
            guard let descriptor = try? incoming.open(name, O_RDONLY | O_NONBLOCK) else { continue }
            let file = OwnedDescriptor(owning: descriptor, closedOn: threads)
            if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { try incoming.unlink(name) }
        }
    }

    /// Checks that `count` bytes are free.
    /// - Throws: `ENOSPC` otherwise.
    func requireSpace(_ count: Int) throws(SystemError) {
        var status = statvfs()
        guard fstatvfs(incoming.descriptor, &status) == 0 else { throw SystemError("statvfs") }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        if !free.overflow && free.partialValue < UInt64(max(0, count)) {
            throw SystemError("\(free.partialValue) bytes free, \(count) wanted", number: ENOSPC)
        }
    }

    /// Creates, writes, syncs and removes a file.
    func check() throws(SystemError) {
        let file = try IncomingFile(in: self)
        try file.append([ByteChunk("ready\n".utf8)])
        try file.sync()
        _ = try objects.directory(".")
    }
}

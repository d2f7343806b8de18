internal import Glibc
internal import Threads

/// A file descriptor with one owner. Closing the last descriptor of a deleted file gives its blocks back, which takes
/// 100 ms for a gigabyte: it happens on the pool, never on the thread that lets go.
final class OpenFile: Sendable {
    let descriptor: Int32
    private let threads: ThreadPool

    init(descriptor: Int32, threads: ThreadPool) {
        self.descriptor = descriptor
        self.threads = threads
    }

    deinit {
        let descriptor = descriptor
        threads.submit { close(descriptor) }
    }
}

import Synchronization

/// Counts the uploads that are being received.
final class UploadsInFlight: Sendable {
    private let running = Atomic<Int>(0)

    /// How many there are now.
    var count: Int { running.load(ordering: .relaxed) }

    /// An upload begins; it ends when the result is released.
    func begin() -> Upload { Upload(self) }

    /// One of them.
    final class Upload: Sendable {
        private let all: UploadsInFlight

        fileprivate init(_ all: UploadsInFlight) {
            self.all = all
            all.running.add(1, ordering: .relaxed)
        }

        deinit { all.running.subtract(1, ordering: .relaxed) }
    }
}

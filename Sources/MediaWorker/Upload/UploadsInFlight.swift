import Synchronization

/// Counts the uploads that are being received.
final class UploadsInFlight: Sendable {
    private let running = Atomic<Int>(0)

    /// How many there are now.
    var count: Int { running.load(ordering: .relaxed) }

    /// Counts an upload until the result is released.
    func begin() -> Entry { Entry(self) }

    /// One upload; it counts until it is released.
    final class Entry: Sendable {
        private let all: UploadsInFlight

        fileprivate init(_ all: UploadsInFlight) {
            self.all = all
            all.running.add(1, ordering: .relaxed)
        }

        deinit { all.running.subtract(1, ordering: .relaxed) }
    }
}

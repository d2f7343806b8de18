internal import Foundation
internal import Synchronization

/// The store's time: this machine's clock, corrected by the store's `Date` when it rejected a signature's time.
final class S3Clock: Sendable {
    private let offset = Mutex<TimeInterval>(0)
    private let machine: @Sendable () -> Date

    init(machine: @escaping @Sendable () -> Date = { Date() }) { self.machine = machine }

    var now: Date { machine() + offset.withLock { $0 } }

    /// Adjusts to the `Date` field of a response. Returns whether it had a valid one.
    func adjust(toHeader text: String?) -> Bool {
        guard let text, let date = Date(httpDate: text) else { return false }
        offset.withLock { $0 = date.timeIntervalSince(machine()) }
        return true
    }
}

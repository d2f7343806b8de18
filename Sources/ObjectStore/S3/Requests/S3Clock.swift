internal import Foundation
internal import Synchronization

/// The store's time, as far as it is known: this machine's, set right by what the store said when it refused it.
final class S3Clock: Sendable {
    private let offset = Mutex<TimeInterval>(0)
    private let machine: @Sendable () -> Date

    init(machine: @escaping @Sendable () -> Date = { Date() }) { self.machine = machine }

    var now: Date { machine() + offset.withLock { $0 } }

    /// Goes by the `Date` line of an answer. Returns whether it said anything.
    func adjust(toHeader text: String?) -> Bool {
        guard let text, let date = Date(httpDate: text) else { return false }
        offset.withLock { $0 = date.timeIntervalSince(machine()) }
        return true
    }
}

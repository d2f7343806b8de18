import Synchronization

/// The server's counters.
final class Counts: Sendable {
    let accepted = Atomic<Int>(0)
    let rejected = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let malformed = Atomic<Int>(0)
    let webSockets = Atomic<Int>(0)
    let bodyBytes = Atomic<Int>(0)
    let sentBytes = Atomic<Int>(0)
    let timedOut = Atomic<Int>(0)
    let waitingResponseBytes = Atomic<Int>(0)
    let slowReaders = Atomic<Int>(0)
}

/// Detects a transfer that is slower than a minimum. An inactivity timeout would accept a trickle for ever, and an average
/// since the start would let a fast start make up for one. So each window of time is measured by itself.
struct MinimumRate {
    private let bytesPerSecond: Int
    /// In milliseconds.
    private let window: UInt64
    private var elapsed: UInt64 = 0
    private var bytes = 0

    init(bytesPerSecond: Int, window: Duration) {
        self.bytesPerSecond = bytesPerSecond
        self.window = window.milliseconds
    }

    mutating func moved(_ count: Int) { bytes += count }

    /// `milliseconds` have passed in which bytes were wanted. Returns whether the transfer is too slow.
    mutating func passed(_ milliseconds: UInt64) -> Bool {
        elapsed += milliseconds
        guard elapsed >= window else { return false }
        let isTooSlow = bytes < bytesPerSecond * Int(elapsed) / 1000
        elapsed = 0
        bytes = 0
        return isTooSlow
    }
}

extension Duration {
    /// Whole milliseconds, at least 0.
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 ? 0 : UInt64(seconds) * 1000 + UInt64(max(0, attoseconds) / 1_000_000_000_000_000)
    }
}

import Synchronization

/// A response in memory that its client has not read yet. All of it stays in memory until the kernel has accepted the last byte.
struct WaitingResponse {
    /// The size of its body, in bytes.
    let bytes: Int
    /// Since when it waits, in the loop's milliseconds.
    let since: UInt64
    /// How many bytes the client has received since.
    var read = 0

    /// How long a client reads until its rate counts, in milliseconds.
    private static let measuredAfter: UInt64 = 1_000

    /// In which order connections are closed when too much waits, the smallest first: the slowest readers, the largest responses of
    /// those that are equally slow, and the oldest of those whose rate is not known yet.
    func precedence(at now: UInt64) -> (Int, Int, Int) {
        let elapsed = now - min(now, since)
        guard elapsed >= Self.measuredAfter else { return (1, Int(clamping: since), 0) }
        return (0, read / Int(clamping: elapsed), -bytes)
    }
}

extension Connection {
    /// A response with `bytes` in memory is queued: what the kernel has not accepted yet counts as waiting.
    func responseWaits(_ bytes: Int) {
        guard phase == .exchange, bytes > 0, !output.isEmpty, waitingResponse == nil else { return }
        waitingResponse = WaitingResponse(bytes: bytes, since: loop.events.now)
        let waiting = core.counts.waitingResponseBytes.add(bytes, ordering: .relaxed).newValue
        if waiting > core.configuration.maximumWaitingResponseBytes { loop.closeSlowestReaders() }
    }

    /// The response was sent, or the connection has ended.
    func responseNoLongerWaits() {
        guard let waitingResponse else { return }
        core.counts.waitingResponseBytes.subtract(waitingResponse.bytes, ordering: .relaxed)
        self.waitingResponse = nil
    }

    /// The rate at which the client is to read, in bytes per second.
    var minimumReadRate: Int {
        let minimum = core.configuration.minimumBodyRate
        guard minimum > 0, let waitingResponse else { return minimum }
        let seconds = Int(core.configuration.waitingResponseTime.milliseconds / 1_000)
        return max(minimum, waitingResponse.bytes / max(1, seconds))
    }
}

extension ConnectionLoop {
    /// Closes the connections of this loop whose clients read most slowly, until what waits in memory is within the server's limit
    /// again, with some space.
    func closeSlowestReaders() {
        let limit = core.configuration.maximumWaitingResponseBytes
        let readers = waitingReaders.sorted { $0.precedence < $1.precedence }
        for (connection, _) in readers {
            guard core.counts.waitingResponseBytes.load(ordering: .relaxed) > limit - limit / 16 else { break }
            core.counts.slowReaders.add(1, ordering: .relaxed)
            connection.close(because: .tooSlow)
        }
    }
}

import CLinux
public import Concurrency
public import Logging

/// A thread with a connection of its own, which it opens again whenever it was lost.
public final class RedisWorker: Sendable {
    /// The work of the thread on one connection. It returns when the signal is set, and looks at it every second at least.
    public typealias Work = @Sendable (_ connection: RedisConnection, _ stop: StopSignal) throws(RedisError) -> Void

    private let stopSignal = StopSignal()

    /// Starts the thread.
    /// - Parameters:
    ///   - name: the name of the thread.
    ///   - lost: called after each failure, before the next attempt.
    public init(
        _ options: RedisOptions, name: String, logger: Logger,
        lost: @escaping @Sendable (RedisError) -> Void = { _ in },
        _ work: @escaping Work
    ) {
        let stopSignal = stopSignal
        startThread(name: name) {
            darkroom_block_sigpipe()
            var reconnection = Reconnection()
            var isFailing = false
            while !stopSignal.isSet {
                do throws(RedisError) {
                    let connection = try RedisConnection(options)
                    if isFailing { logger.info("redis is reachable again", ["connection": name]) }
                    isFailing = false
                    let start = ContinuousClock.now
                    defer { if ContinuousClock.now - start > .seconds(5) { reconnection.succeeded() } }
                    try work(connection, stopSignal)
                } catch {
                    lost(error)
                    if !isFailing { logger.warning("redis failed", ["connection": name, "error": "\(error)"]) }
                    isFailing = true
                    stopSignal.wait(for: reconnection.next())
                }
            }
        }
    }

    /// Ends the thread within a second or so, or the time limit of a running command.
    public func stop() { stopSignal.set() }

    deinit { stopSignal.set() }
}

import ChatBridge
import Foundation
import Logging

/// Ends polls at their time. What has ended while no process ran is ended when the next one starts. Every node runs one: the store
/// lets one of them end a poll, which notifies its members in the same transaction.
struct BananatalkPollTimer {
    /// How often to look without being woken: other nodes create polls as well.
    private static let period = Duration.seconds(5)

    let service: BananatalkService
    let logger: Logger
    private let due: DueEntries

    init(service: BananatalkService, logger: Logger) {
        self.service = service
        self.logger = logger
        due = DueEntries(now: service.chat.now, logger: logger)
    }

    /// Ends polls until the task is cancelled.
    func run() async {
        var failures = 0
        await service.pollSignal.run {
            do {
                let next = try await endPolls()
                failures = 0
                guard let next else { return Self.period }
                let milliseconds = next.milliseconds - service.chat.now().milliseconds
                // What should have ended already could not be ended.
                return milliseconds > 0 ? min(Self.period, .milliseconds(milliseconds)) : Self.period
            } catch  where error.isReadOnlyStore {
                return Self.period
            } catch {
                failures += 1
                logger.warning("polls are not ended", ["error": "\(error)"])
                return Backoff(longest: .seconds(30)).delay(after: failures)
            }
        }
    }

    /// Ends the polls whose time has ended. Returns when the next one ends.
    /// - Throws: `ChatError` with code `unavailable` when the store does not answer.
    func endPolls() async throws -> Date? {
        try await service.chat.expirePolls(due, outbox: BananatalkEvent.pollClosed)
        return try await service.chat.nextPollEnd()
    }
}

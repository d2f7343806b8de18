import ChatBridge
import Foundation
import Logging
import ObjectStore

/// Ends what crashes left behind: at start and hourly, writes that nobody will complete and objects that were reserved and
/// never shown.
struct Reaper: Sendable {
    private static let interval = Duration.seconds(3600)

    let objects: any ObjectStore
    let ledger: any ObjectLedger
    /// How old half-made things must be.
    let age: Duration
    let wakeSweeper: WakeSignal
    let now: @Sendable () -> Date
    let logger: Logger

    /// Reaps until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await reap()
            try? await Task.sleep(for: Self.interval)
        }
    }

    func reap() async {
        do {
            let aborted = try await objects.abortAbandonedWrites(olderThan: age)
            let since = now().addingTimeInterval(-Double(age.components.seconds))
            let abandoned = try await ledger.abandonedObjects(olderThan: since)
            try await ledger.doom(objects: abandoned)
            if !abandoned.isEmpty { wakeSweeper.wake() }
            if aborted + abandoned.count > 0 {
                logger.info(
                    "half-made uploads were ended", ["writes": "\(aborted)", "objects": "\(abandoned.count)"])
            }
        } catch {
            logger.warning("half-made uploads could not be looked for", ["cause": "\(error)"])
        }
    }
}
